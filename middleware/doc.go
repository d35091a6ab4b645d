// Package middleware puts traces, metrics, logs and redaction around any
// [core.Provider], in the same way whether it runs in this process, in a child
// process or at an address.
//
//	p = middleware.Chain(p,
//		middleware.Tracing(tracerProvider),
//		middleware.Metrics(meterProvider, middleware.MetricsOptions{}),
//		middleware.Logging(logger),
//		middleware.Redaction(middleware.Secrets{Values: []string{password}}),
//	)
//
// The wrapped provider behaves as the one inside: results and capabilities are the
// same ([core.Admin] answers as before), and so are errors, but for those that
// [Redaction] rewrites. What is recorded of a call is its method, its instance, its
// duration and how it ended; never a token, a payload, or a value, unless a provider
// puts one into the message of an error.
//
// # Order
//
// The first middleware of a chain sees a call first and its result last. [Redaction]
// works next to the provider wherever it stands, so that the others never see what it
// masks.
//
// # What is expected, and what is not
//
// Several errors are answers: a lock that was lost, an instance that is not there, an
// event that is stored already. They are logged as information at most and do not fail
// a span; metrics count them by their codes all the same.
//
// # Optional interfaces
//
// What a provider offers beyond the contract is reached by Unwrap, which the wrapped
// provider has: it returns the provider inside. Calls made that way pass the
// middleware by, [Redaction] included.
package middleware
