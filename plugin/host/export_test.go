package host

import "time"

// AfterVerification has f run when the program was verified and is not started yet.
func (c *ChildConfig) AfterVerification(f func()) { c.verified = f }

// RestartWithin has the pauses before restarts begin with this one.
func (c *ChildConfig) RestartWithin(d time.Duration) { c.pause = d }
