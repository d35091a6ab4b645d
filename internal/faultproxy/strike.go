package faultproxy

import (
	"math/rand/v2"
	"time"
)

// Cut is where a COMMIT's connection ends.
type Cut uint8

// The cuts.
const (
	// None leaves the connection alone.
	None Cut = iota
	// Before the server hears of the COMMIT.
	Before
	// Unanswered: the server has carried the COMMIT out, and its answer is lost.
	Unanswered
	// Answered: the answer arrives, and the connection ends at its next use.
	Answered
	numCuts
)

// Strike is what happens to one COMMIT. The zero value lets it pass.
type Strike struct {
	Cut Cut
	// Reset lets the client see a reset instead of the connection's end.
	Reset bool
	// Delay is how long the COMMIT is held back at first.
	Delay time.Duration
}

// Striker decides about the n-th COMMIT that comes by, counted from 1. It is called by
// many goroutines at a time.
type Striker func(n uint64) Strike

// Seeded returns a striker that lets one of so many COMMITs meet a cut or a delay of
// up to longest, or both. What meets the n-th is decided by the seed alone.
func Seeded(seed uint64, every int, longest time.Duration) Striker {
	return func(n uint64) Strike {
		dice := rand.New(rand.NewPCG(seed, n))
		if dice.IntN(every) > 0 {
			return Strike{}
		}
		return Strike{
			Cut:   Cut(dice.IntN(int(numCuts))),
			Reset: dice.IntN(2) == 0,
			Delay: time.Duration(dice.Float64() * float64(longest)),
		}
	}
}
