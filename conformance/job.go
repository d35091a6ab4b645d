package conformance

import (
	"context"
	"math/rand/v2"
)

// job is one case in one round.
type job struct {
	c     Case
	round int
}

// jobs lists what is run: the selected cases, round after round.
func (o Options) jobs() []job {
	var out []job
	for round := range max(o.Repeat, 1) {
		for _, c := range o.Selected() {
			out = append(out, job{c, round})
		}
	}
	return out
}

// order is the order in which n jobs are started.
func (o Options) order(n int) []int {
	if o.Shuffle {
		return rand.New(rand.NewPCG(o.Seed, 0)).Perm(n) // repeatable on purpose
	}
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func (j job) run(ctx context.Context, f Factory, o Options) Result {
	o.Seed += uint64(j.round)
	res := runCase(ctx, f, j.c, o)
	res.Round = j.round
	return res
}

// runUnlessOver is run, unless the run's context ends: what a case that was cut
// off says is no judgement.
func (j job) runUnlessOver(ctx context.Context, f Factory, o Options) Result {
	res := Result{Case: j.c, Round: j.round, Seed: o.Seed + uint64(j.round)}
	if ctx.Err() == nil {
		done := j.run(ctx, f, o)
		if done.Status == StatusPass || ctx.Err() == nil {
			return done
		}
		res.provider, res.version, res.Duration = done.provider, done.version, done.Duration
	}
	res.cut = true
	return res.ended(StatusSkip, "the run was interrupted")
}
