package docscheck

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const sample = "# A title: with `code`, and more\n" +
	"See [a](there.md), [b](#a-title) and ![c](p.png \"x\"), not `[d](code.md)`.\n" +
	"\n```sh\n[e](fenced.md)\n$ make demo\nDURO_X=1 make test/race\ngo run ./cmd/x --flag\n```\n" +
	"Type `make lint` or `go test -race ./core/...`; do not\nmake haste.\n## Twice\n## Twice\n"

func TestLinksAreFoundOutsideCode(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]string{"there.md", "#a-title"}, links(sample)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnchorsFollowFromHeadings(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]string{"a-title-with-code-and-more", "twice", "twice-1"}, anchors(sample)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCommandsAreFoundInCode(t *testing.T) {
	t.Parallel()
	want := []command{{"demo", ""}, {"test/race", ""}, {"", "cmd/x"}, {"lint", ""}, {"", "core/..."}}
	if diff := cmp.Diff(want, commands(sample), cmp.AllowUnexported(command{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMissingTargetsAndFoldersAreErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []command{{target: "nothing"}, {folder: "no/such/folder/..."}} {
		if c.check([]string{"test"}) == nil {
			t.Errorf("%+v passes", c)
		}
	}
	for _, target := range []string{"nowhere.md", "../../../elsewhere", "#no-such-heading"} {
		if follow(root+"/README.md", target) == nil {
			t.Errorf("a link to %s passes", target)
		}
	}
}
