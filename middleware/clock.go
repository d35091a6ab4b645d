package middleware

import "time"

// now is the clock that durations are measured with. Nothing is decided by it, so
// nobody needs another.
func now() time.Time { return time.Now() } //nolint:forbidigo // measures, decides nothing
