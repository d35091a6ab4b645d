package conformance

var poisonCases = []Case{
	{
		ID: "poison/OrchestrationAttemptStartsAtOne", Numbers: []string{"C-129"}, Section: "2.1",
		Rule: "a first delivery is attempt 1",
		Why:  "the poison rules give up above a maximum; off by one is a turn too few",
		Run: func(t *T) {
			t.enqueue(start("a"))
			f := t.fetch()
			equal(t, "the attempt count", f.AttemptCount, 1)
			t.ack(f, 1)
		},
	},
	{
		ID: "poison/OrchestrationAttemptIncrements", Numbers: []string{"C-130"}, Section: "2.1",
		Rule: "every delivery of a message counts",
		Why:  "a turn that always fails would be tried for ever",
		Run: func(t *T) {
			t.enqueue(start("a"))
			for want := uint32(1); want <= 3; want++ {
				f := t.fetch()
				equal(t, "the attempt count", f.AttemptCount, want)
				t.abandon(f)
			}
		},
	},
	{
		ID: "poison/WorkAttemptStartsAtOne", Numbers: []string{"C-131"}, Section: "2.7",
		Rule: "an activity's first delivery is attempt 1",
		Why:  "the poison rules give up above a maximum; off by one is an attempt too few",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1))
			equal(t, "the attempt count", t.fetchWork().AttemptCount, 1)
		},
	},
	{
		ID: "poison/WorkAttemptIncrementsOnExpiry", Numbers: []string{"C-132"}, Section: "2.7",
		Rule: "a delivery whose lock expired counts",
		Why:  "an activity that kills its worker must end as poison",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1))
			t.fetchWork(lock(t.timing.Lock))
			t.Wait(t.timing.Lock)
			equal(t, "the attempt count", t.fetchWork().AttemptCount, 2)
		},
	},
	{
		ID: "poison/AttemptIsPerMessage", Numbers: []string{"C-133"}, Section: "2.7",
		Rule: "every activity has a count of its own",
		Why:  "one bad activity must not poison its neighbours",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1), activity("a", 2))
			t.abandonWork(t.fetchWorkOf(activity("a", 1)), after(t.timing.Tick))
			equal(t, "the attempt count of the second", t.fetchWorkOf(activity("a", 2)).AttemptCount, 1)
			t.Wait(t.timing.Tick)
			equal(t, "the attempt count of the first", t.fetchWorkOf(activity("a", 1)).AttemptCount, 2)
		},
	},
	{
		ID: "poison/WorkIgnoreAttempt", Numbers: []string{"C-134"}, Section: "2.9",
		Rule: "an activity given back with ignore_attempt has its attempt taken back",
		Why:  "a worker that is merely full must not poison what it hands back",
		Run: func(t *T) {
			t.enqueueWork(activity("a", 1))
			w := t.fetchWork()
			equal(t, "the first attempt", w.AttemptCount, 1)
			t.abandonWork(w)
			w = t.fetchWork()
			equal(t, "the attempt after a counted abandon", w.AttemptCount, 2)
			t.abandonWork(w, uncounted)
			equal(t, "the attempt after an uncounted abandon", t.fetchWork().AttemptCount, 2)
		},
	},
	{
		ID: "poison/OrchestrationIgnoreAttempt", Numbers: []string{"C-135"}, Section: "2.3",
		Rule: "messages given back with ignore_attempt have their attempt taken back, without a delay too",
		Why:  "a dispatcher that cannot run a version must not poison it for those who can",
		Run: func(t *T) {
			t.enqueue(start("a"))
			f := t.fetch()
			equal(t, "the first attempt", f.AttemptCount, 1)
			t.abandon(f)
			f = t.fetch()
			equal(t, "the attempt after a counted abandon", f.AttemptCount, 2)
			t.abandon(f, uncounted)
			equal(t, "the attempt after an uncounted abandon", t.fetch().AttemptCount, 2)
		},
	},
	{
		ID: "poison/AttemptNeverNegative", Numbers: []string{"C-136"}, Section: "2.3",
		Rule: "attempts taken back never fall below none",
		Why:  "an unsigned counter below zero is four billion attempts",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.enqueueWork(activity("a", 1))
			for range 4 {
				f, w := t.fetch(), t.fetchWork()
				equal(t, "the attempt count", f.AttemptCount, 1)
				equal(t, "the activity's attempt count", w.AttemptCount, 1)
				t.abandon(f, uncounted)
				t.abandonWork(w, uncounted)
			}
		},
	},
	{
		ID: "poison/MaximumAcrossBatch", Numbers: []string{"C-137"}, Section: "2.1",
		Rule: "a batch's attempt count is that of its most often delivered message",
		Why:  "a new message would give a poisoned one a new life",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.abandon(t.fetch())
			f := t.fetch()
			equal(t, "the second attempt", f.AttemptCount, 2)
			t.enqueue(completed("a", 1))
			t.abandon(f)
			f = t.fetch()
			t.batch(f, start("a"), completed("a", 1))
			equal(t, "the attempt count of both", f.AttemptCount, 3)
		},
	},
	{
		ID: "poison/IgnoreAttemptWithDelay", Numbers: []string{"C-138"}, Section: "2.3",
		Rule: "ignore_attempt works with a delay too",
		Why:  "the two are used together when a dispatcher has no room",
		Run: func(t *T) {
			t.enqueue(start("a"))
			t.enqueueWork(activity("a", 1))
			t.abandon(t.fetch(), after(t.timing.Tick), uncounted)
			t.abandonWork(t.fetchWork(), after(t.timing.Tick), uncounted)
			t.Wait(t.timing.Tick)
			equal(t, "the attempt count", t.fetch().AttemptCount, 1)
			equal(t, "the activity's attempt count", t.fetchWork().AttemptCount, 1)
		},
	},
	{
		ID: "poison/ExpiryCountsAsAttempt", Numbers: []string{"C-139"}, Section: "2.1",
		Rule: "a delivery whose instance lock expired counts",
		Why:  "a turn that kills its dispatcher must end as poison",
		Run: func(t *T) {
			t.enqueue(start("a"))
			for want := uint32(1); want <= 3; want++ {
				equal(t, "the attempt count", t.fetch(lock(t.timing.Lock)).AttemptCount, want)
				t.Wait(t.timing.Lock)
			}
		},
	},
	{
		ID: "poison/NewMessagesStartAtOne", Numbers: []string{"C-140"}, Section: "2.1",
		Rule: "a message that comes after an ack starts at attempt 1",
		Why:  "an instance that recovered must not be poisoned by its past",
		Run: func(t *T) {
			t.create("a")
			t.enqueue(poke("a"))
			for range 4 {
				t.abandon(t.fetchOf("a"))
			}
			f := t.fetchOf("a")
			equal(t, "the fifth attempt", f.AttemptCount, 5)
			t.ack(f, 1)
			t.enqueue(poke("a"))
			equal(t, "the attempt count of the new message", t.fetchOf("a").AttemptCount, 1)
		},
	},
}
