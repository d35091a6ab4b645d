package conformance

import "github.com/durokit/duro/core"

var tagCases = []Case{
	{
		ID: "tag/DefaultOnly", Numbers: []string{"C-219"}, Section: "1.4",
		Rule: "the default filter takes work without a tag",
		Why:  "a plain worker does not have what tagged work asks for",
		Run: func(t *T) {
			t.tagWork(nil, "gpu", nil)
			t.taken(tagged(core.TagsDefaultOnly), 1, 3)
		},
	},
	{
		ID: "tag/TagsOnlyMatching", Numbers: []string{"C-220"}, Section: "1.4",
		Rule: "a set of tags takes work with these tags and no other",
		Why:  "a dedicated worker is kept free for its own",
		Run: func(t *T) {
			t.tagWork(nil, "gpu", "cpu", "gpu")
			t.taken(tagged(core.TagsOnly, "gpu"), 2, 4)
		},
	},
	{
		ID: "tag/DefaultAnd", Numbers: []string{"C-221"}, Section: "1.4",
		Rule: "a worker can take both its tags and untagged work",
		Why:  "most tagged workers are plain workers too",
		Run: func(t *T) {
			t.tagWork(nil, "gpu", "cpu")
			t.taken(tagged(core.TagsDefaultAnd, "gpu"), 1, 2)
		},
	},
	{
		ID: "tag/NoneReturnsNothing", Numbers: []string{"C-222"}, Section: "2.7",
		Rule: "the filter None takes nothing",
		Why:  "a node that runs orchestrations only must not take activities",
		Run: func(t *T) {
			t.tagWork(nil, "gpu")
			t.taken(tagged(core.TagsNone))
			t.taken(tagged(core.TagsAny), 1, 2)
		},
	},
	{
		ID: "tag/SeveralTags", Numbers: []string{"C-223"}, Section: "1.4",
		Rule: "a set of several tags takes work with any of them",
		Why:  "a worker may have several abilities",
		Run: func(t *T) {
			t.tagWork("gpu", "tpu", "cpu", nil)
			t.taken(tagged(core.TagsOnly, "gpu", "tpu"), 1, 2)
		},
	},
	{
		ID: "tag/RoundTrip", Numbers: []string{"C-224"}, Section: "2.7",
		Rule: "fetched work carries its tag",
		Why:  "the worker decides by it what to run the activity on",
		Run: func(t *T) {
			t.tagWork("gpu")
			p, ok := t.fetchWork(tagged(core.TagsOnly, "gpu")).Item.Payload().(core.ActivityExecute)
			t.truthf(ok, "the fetched work is no ActivityExecute")
			equal(t, "the tag", p.Tag, new("gpu"))
			equal(t, "the name", p.Name, "Work")
		},
	},
	{
		ID: "tag/AnyFetchesEverything", Numbers: []string{"C-225"}, Section: "1.4",
		Rule: "the filter Any takes all work in its order",
		Why:  "a node that can do everything is how leftovers are drained",
		Run: func(t *T) {
			t.tagWork(nil, "gpu", "cpu")
			t.taken(tagged(core.TagsAny), 1, 2, 3)
		},
	},
	{
		ID: "tag/SurvivesAbandon", Numbers: []string{"C-226"}, Section: "2.9",
		Rule: "abandoned work keeps its tag",
		Why:  "work that loses its tag is retried by a worker that cannot do it",
		Run: func(t *T) {
			t.tagWork("gpu", nil)
			gpu := tagged(core.TagsOnly, "gpu")
			w := t.fetchWork(gpu)
			t.abandonWork(w)
			t.taken(tagged(core.TagsDefaultOnly), 2)
			x := t.fetchWorkOf(w.Item, gpu)
			t.truthf(x.AttemptCount >= 2, "the attempt count: got %d, want at least 2", x.AttemptCount)
			t.truthf(x.LockToken != w.LockToken, "the second fetch returned the first one's token")
		},
	},
	{
		ID: "tag/RuntimeIsolation", Numbers: []string{"C-227"}, Section: "1.4",
		Rule: "workers with different tags share one queue without taking each other's work",
		Why:  "this is what tags are for",
		Run: func(t *T) {
			t.tagWork(nil, "gpu", "cpu", "fpga", "gpu")
			t.fetchTagged(1, core.TagsDefaultOnly)
			t.noWork("the untagged one is taken")
			t.fetchTagged(2, core.TagsOnly, "gpu", "cpu")
			t.fetchTagged(3, core.TagsOnly, "gpu", "cpu")
			t.fetchTagged(4, core.TagsOnly, "cpu", "fpga")
			t.noWork("both are taken", tagged(core.TagsOnly, "cpu", "fpga"))
			t.fetchTagged(5, core.TagsAny)
			t.noWork("everything is taken", tagged(core.TagsAny))
		},
	},
	{
		ID: "tag/PreservedThroughAck", Numbers: []string{"C-228"}, Section: "2.2",
		Rule: "work scheduled by an ack is routed by its tag",
		Why:  "this is how orchestrations schedule tagged work",
		Run: func(t *T) {
			gpu := tagWork(10, new("gpu"))
			t.create("a")
			t.turn("a", 1, work(gpu, tagWork(11, nil)))
			t.fetchWorkOf(tagWork(11, nil))
			t.noWork("the other activity is tagged")
			t.fetchWorkOf(gpu, tagged(core.TagsOnly, "gpu"))
		},
	},
	{
		ID: "tag/ByteExact", Numbers: []string{"C-229"}, Section: "1.0",
		Rule: "tags that differ in one byte are different, and the empty tag is a tag",
		Why:  "collations that fold case or trailing spaces hand work to the wrong worker",
		Run: func(t *T) {
			t.tagWork("gpu", "GPU", "gpu ", "")
			for n, tag := range []string{"gpu", "GPU", "gpu ", ""} {
				t.noWork("all of it is tagged")
				t.fetchTagged(uint64(n+1), core.TagsOnly, tag)
				t.noWork("no other work has this tag", tagged(core.TagsOnly, tag))
			}
		},
	},
	{
		ID: "tag/EmptySets", Numbers: []string{"C-230"}, Section: "1.4",
		Rule: "an empty set of tags matches no tag, and is no error",
		Why:  "it is what a worker without abilities asks for; in SQL it is an empty IN list",
		Run: func(t *T) {
			t.tagWork(nil, "gpu")
			t.noWork("the set is empty", tagged(core.TagsOnly))
			t.taken(tagged(core.TagsDefaultAnd), 1)
		},
	},
}

// tagWork is activity n with a tag.
func tagWork(n uint64, tag *string) core.WorkItem {
	return item(core.ActivityExecute{Instance: "a", ExecutionID: 1, ID: n, Name: "Work", Input: "in", Tag: tag})
}

// tagWork enqueues activities 1, 2, 3 … with these tags; nil is none.
func (t *T) tagWork(tags ...any) {
	for i, tag := range tags {
		var p *string
		if s, ok := tag.(string); ok {
			p = &s
		}
		t.enqueueWork(tagWork(uint64(i+1), p))
	}
}

// fetchTagged fetches with a tag filter, and activity n must come.
func (t *T) fetchTagged(n uint64, mode core.TagMode, tags ...string) {
	w := t.fetchWork(tagged(mode, tags...))
	equal(t, "the fetched activity", activityID(w.Item), n)
}

// taken fetches and acks all there is, and demands exactly these activities in
// this order.
func (t *T) taken(filter opt, want ...uint64) {
	var got []uint64
	for _, it := range t.drainWork(filter) {
		got = append(got, activityID(it))
	}
	equal(t, "the activities fetched", got, want)
}

func activityID(it core.WorkItem) uint64 {
	p, _ := it.Payload().(core.ActivityExecute)
	return p.ID
}
