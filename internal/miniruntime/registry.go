package miniruntime

import (
	"context"

	"github.com/durokit/duro/core"
)

// Orchestration is the code of an orchestration. It must be deterministic; see
// the package comment.
type Orchestration func(ctx *Context, input string) (string, error)

// Activity is the code of an activity, which may do anything. Its context ends
// when the activity was cancelled or the runtime gives up on it; it should return
// soon then. InfoFrom tells which activity it is.
type Activity func(ctx context.Context, input string) (string, error)

// defaultVersion is the version of an orchestration registered without one.
const defaultVersion = "1.0.0"

// Registry holds the code a Runtime runs, by name. It is filled by the function
// given to New and not changed afterwards.
type Registry struct {
	orchestrations map[string][]versioned // in order of registration
	activities     map[string]Activity
}

type versioned struct {
	version core.Semver
	run     Orchestration
}

func newRegistry(register func(*Registry)) *Registry {
	r := &Registry{orchestrations: map[string][]versioned{}, activities: map[string]Activity{}}
	register(r)
	return r
}

// Orchestration registers version 1.0.0 of an orchestration.
func (r *Registry) Orchestration(name string, run Orchestration) {
	r.OrchestrationVersion(name, defaultVersion, run)
}

// OrchestrationVersion registers one version of an orchestration. It panics on a
// version that is not major.minor.patch, which is a mistake in the program.
func (r *Registry) OrchestrationVersion(name, version string, run Orchestration) {
	v, err := core.ParseSemver(version)
	if err != nil {
		panic("miniruntime: orchestration " + name + ": " + err.Error())
	}
	r.orchestrations[name] = append(r.orchestrations[name], versioned{v, run})
}

// Activity registers an activity.
func (r *Registry) Activity(name string, run Activity) { r.activities[name] = run }

// resolve finds the exact version, or the newest one when version is "".
func (r *Registry) resolve(name, version string) (versioned, bool) {
	if version == "" {
		return r.newest(name)
	}
	want, err := core.ParseSemver(version)
	if err != nil {
		return versioned{}, false
	}
	for _, v := range r.orchestrations[name] {
		if v.version == want {
			return v, true
		}
	}
	return versioned{}, false
}

func (r *Registry) newest(name string) (best versioned, found bool) {
	for _, v := range r.orchestrations[name] {
		if !found || best.version.Compare(v.version) < 0 {
			best, found = v, true
		}
	}
	return best, found
}
