package tiny

import (
	"errors"
	"testing"

	"github.com/durokit/duro/core/engine"
	"github.com/durokit/duro/core/engine/classtest"
)

// provocations fail as a seam would: the tiny dialect has no database.
func provocations(*testing.T) map[string]classtest.Provocation {
	fail := func(code string) classtest.Provocation {
		return func(*testing.T) error {
			class, _ := classify(code)
			return &engine.Failure{Native: code, Class: class, Err: errors.New("provoked")}
		}
	}
	return map[string]classtest.Provocation{"40P01": fail("40P01"), "55P03": fail("55P03"), "08006": fail("08006")}
}
