package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheWrappersAreCurrent(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"conformance/fault", "conformance/reference"} {
		folder := filepath.Join("..", "..", filepath.FromSlash(name))
		want, err := generate(folder)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(folder, output))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s of %s differs from the contract; run make generate (-want +got):\n%s", output, name, diff)
		}
	}
}
