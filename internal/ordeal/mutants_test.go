package ordeal

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/internal/testservers"
)

// mutantEnv names the mutant on which the engines of a copy of this program run.
const mutantEnv = "DURO_TEST_ORDEAL_MUTANT"

// mutants take the locks of PostgreSQL wrongly.
var mutants = map[string]struct {
	statement func(s *engine.Statements) *engine.Statement
	old, new  string
	caught    string // by this test
}{
	"what an ack recomputes is not locked": {
		func(s *engine.Statements) *engine.Statement { return &s.ClaimsLock }, "FOR UPDATE", "",
		"TestAnEnqueueDuringAnAckIsNotLost",
	},
	"a claim waits for the locks of others": {
		func(s *engine.Statements) *engine.Statement { return &s.ClaimMark }, "SKIP LOCKED", "",
		"TestAFetchWhileAnEnqueuerHasTheClaimRowReturnsTheInstance",
	},
}

// mutate makes the mutant's fault, if this program runs for one.
func mutate(tb testing.TB, d *engine.Dialect) {
	tb.Helper()
	name, mutant := os.LookupEnv(mutantEnv)
	if !mutant {
		return
	}
	m, known := mutants[name]
	if !known { // the engine as it is
		return
	}
	forms := m.statement(&d.Statements).Forms
	for i := range forms {
		if !strings.Contains(forms[i].SQL, m.old) {
			tb.Fatalf("the mutant %q finds nothing to change in %s", name, forms[i].SQL)
		}
		forms[i].SQL = strings.Replace(forms[i].SQL, m.old, m.new, 1)
	}
}

// The tests that force an interleaving fail where locks are not taken, or others than
// should be, and pass where they are.
func TestLocksTakenWronglyAreNoticed(t *testing.T) {
	t.Parallel()
	if !full() {
		t.Skip("waits for what does not come; make test/full runs it")
	}
	address := testservers.URL(t, testservers.Postgres)
	for name, m := range mutants {
		for _, mutant := range []string{name, "none"} {
			t.Run(mutant+"/"+m.caught, func(t *testing.T) {
				t.Parallel()
				cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+m.caught+"$/^postgres$", "-test.v")
				cmd.Env = append(os.Environ(), mutantEnv+"="+mutant, "DURO_TEST_POSTGRES="+address)
				out, err := cmd.CombinedOutput()
				if !strings.Contains(string(out), "=== RUN   "+m.caught+"/postgres") {
					t.Fatalf("%v, and the test did not run:\n%s", err, out)
				}
				if noticed := strings.Contains(string(out), "--- FAIL: "+m.caught+"/postgres"); noticed != (mutant == name) {
					t.Errorf("%v:\n%s", err, out)
				}
			})
		}
	}
}
