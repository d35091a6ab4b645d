// Package linear judges locks by what several clients, in several processes, saw
// of them at once. Clients work on one queue and record their calls; Check finds an
// order of the calls, each at some moment between its beginning and its end, in
// which one instance lock, or one worker queue, would have given these answers.
// Without such an order two clients held one lock, or a message was lost, or came
// twice.
//
// Locks are short and nobody waits for long, so that many expire. When a lock
// expired exactly nobody saw, so a call may find it either way while its deadline
// is about; the clocks of the processes and of the store are taken to be within
// Slack of each other.
package linear
