package fault

import (
	"hash/fnv"
	"io"
	"math/rand/v2"
	"time"
)

// Rates says which part of all calls meets which fault, each from 0 to 1. What is
// left of 1 passes.
type Rates struct {
	FailBefore, FailAfter, Delay, Cancel float64
	// Longest bounds how long a Delay waits, and how late a Cancel strikes; 0 is at once.
	Longest time.Duration
}

// Seeded returns an injector that draws each call's fault from the seed, the method
// and the call's number: other calls have no influence on it.
func Seeded(seed uint64, r Rates) Injector {
	return func(c Call) Fault {
		op := fnv.New64a()
		_, _ = io.WriteString(op, c.Op) // a hash takes everything
		dice := rand.New(rand.NewPCG(seed, op.Sum64()+c.N))
		f := Fault{Kind: r.kindAt(dice.Float64())}
		if f.Kind == Delay || f.Kind == Cancel {
			f.After = time.Duration(dice.Float64() * float64(r.Longest))
		}
		return f
	}
}

// kindAt returns the kind that has a point on the line from 0 to 1, on which the
// rates lie one after the other.
func (r Rates) kindAt(point float64) Kind {
	for i, rate := range []float64{r.FailBefore, r.FailAfter, r.Delay, r.Cancel} {
		if point -= rate; point < 0 {
			return FailBefore + Kind(i)
		}
	}
	return Pass
}
