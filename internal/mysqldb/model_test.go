package mysqldb_test

import (
	"os"
	"testing"

	"github.com/durokit/duro/conformance/model"
	"github.com/durokit/duro/internal/mysqldb"
)

func checkModel(t *testing.T, b backend) {
	t.Helper()
	o := model.Options{Sequences: 3} // a database each
	if os.Getenv("DURO_TEST_FULL") != "" {
		o.Sequences = 100
	}
	model.Check(t, stores(t, b, func(*mysqldb.Config) {}), o)
}

func TestModelMySQL(t *testing.T)   { checkModel(t, backends[0]) }
func TestModelMariaDB(t *testing.T) { checkModel(t, backends[1]) }
