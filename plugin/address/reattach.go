package address

import (
	"os"
	"strings"
)

// ReattachKey is the environment variable by which a host is told of plugins that run
// already: NAME=ADDRESS, several with a comma between them.
const ReattachKey = "DURO_REATTACH_PLUGINS"

// Reattached returns the address at which a plugin runs already, by ReattachKey.
func Reattached(name string) (at string, ok bool) {
	for pair := range strings.SplitSeq(os.Getenv(ReattachKey), ",") {
		if key, at, found := strings.Cut(strings.TrimSpace(pair), "="); found && key == name {
			return at, true
		}
	}
	return "", false
}
