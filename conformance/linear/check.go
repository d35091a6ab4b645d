package linear

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// Queue is one of the two queues.
type Queue string

// The queues.
const (
	Turns Queue = "turns" // of one instance
	Work  Queue = "work"
)

// Queues are both.
var Queues = []Queue{Turns, Work}

// Expired counts the locks of a history that ended without their client: he was told
// so when he acked or renewed.
func Expired(history []Operation) int {
	ended, lost := map[string]bool{}, map[string]bool{}
	for _, o := range history {
		switch {
		case o.Lost:
			lost[o.Token] = true
		case o.Kind == Ack || o.Kind == Abandon:
			ended[o.Token] = true
		}
	}
	n := 0
	for token := range lost {
		if !ended[token] {
			n++
		}
	}
	return n
}

// Check fails the test when no order explains what the clients saw.
func Check(t testing.TB, q Queue, history []Operation) {
	t.Helper()
	if why := Explain(q, history); why != "" {
		t.Error(why)
	}
}

// patience is how long an order is looked for.
const patience = time.Minute

// Explain looks for an order that explains what the clients saw, and says how far it
// came when there is none; "" is that there is one.
func Explain(q Queue, history []Operation) string {
	if q == Turns {
		return explain(model(instance{}, instance.step, instance.equal), history)
	}
	m := model(activity{}, activity.step, activity.equal)
	for _, part := range byActivity(history) {
		if why := explain(m, part); why != "" {
			return why
		}
	}
	return ""
}

func explain(m porcupine.Model, history []Operation) string {
	ops := make([]porcupine.Operation, len(history))
	for i, o := range history {
		ops[i] = porcupine.Operation{ClientId: o.Client, Input: o, Call: o.Call, Return: o.Return}
	}
	result, info := porcupine.CheckOperationsVerbose(m, ops, patience)
	if result == porcupine.Ok {
		return ""
	}
	return fmt.Sprintf("no order of these %d operations was found (%s); %s", len(history), result, stuck(info, history))
}

// model is a sequential model for porcupine.
func model[S any](empty S, step func(S, Operation) (S, bool), equal func(S, S) bool) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return empty },
		Step: func(state, input, _ any) (bool, any) {
			next, right := step(state.(S), input.(Operation))
			return right, next
		},
		Equal: func(a, b any) bool { return equal(a.(S), b.(S)) },
	}
}

// told is how many operations are shown that lead to where no order goes on.
const told = 12

// stuck says which operations are around the end of the longest order found.
func stuck(info porcupine.LinearizationInfo, history []Operation) string {
	longest := 0
	for _, orders := range info.PartialLinearizationsOperations() {
		for _, order := range orders {
			longest = max(longest, len(order))
		}
	}
	sorted := slices.SortedFunc(slices.Values(history), func(a, b Operation) int { return int(a.Call - b.Call) })
	lines := []string{fmt.Sprintf("there is one of %d; around there:", longest)}
	for _, o := range sorted[max(0, longest-told):min(len(sorted), longest+told/2)] {
		lines = append(lines, o.String())
	}
	return strings.Join(lines, "\n")
}

// String is an operation on one line.
func (o Operation) String() string {
	s := fmt.Sprintf("%d..%d client %d: %s", o.Call, o.Return, o.Client, o.Kind)
	if o.Kind == Fetch || o.Kind == Renew {
		s += fmt.Sprintf(" for %v", o.For)
	}
	if o.Token != "" {
		s += " token ..." + o.Token[max(0, len(o.Token)-6):]
	}
	switch {
	case o.Lost:
		s += " -> lock lost"
	case o.Kind == Fetch && o.Token == "":
		s += " -> none"
	case len(o.Items) > 0:
		s += fmt.Sprint(" items ", o.Items)
	}
	return s
}
