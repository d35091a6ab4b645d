// Command duro is the operator's tool for stores of durable orchestrations: it
// looks into them, repairs them, migrates them, puts them under load, and judges
// backends by the contract.
//
//	duro instances list|show|tree|history|delete|prune
//	duro queues [aside list|requeue, purge]
//	duro doctor       check a store and say what to do about what is wrong
//	duro migrate up|down|status|print
//	duro stress       run a workload and check every instance of it
//	duro conformance list|explain|run
//	duro config validate|show|check|schema
//	duro completion   print a completion script for a shell
//	duro version
//
// Every command works on the backend that --backend, $DURO_BACKEND or the
// configuration names.
// Commands that read print a table, or JSON with --json, to standard output;
// anything that goes wrong is one line on standard error. Exit statuses:
//
//	0    ok
//	1    the thing looked for is wrong: not found, findings, failed instances
//	2    usage: a wrong flag, argument or backend URL
//	3    the store cannot be opened or reached
//	4    cases of the conformance suite did not end as expected
//	130  interrupted
//
// How it is put together: main.go calls run in cli.go, which builds the commands,
// one file each; exit.go turns errors into a line and a status; choose.go finds
// out which backend is meant, and store.go opens it; table.go prints.
package main
