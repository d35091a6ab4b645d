package archtest

import "slices"

// Words that stand for sets of packages in a rule's lists.
const (
	std        = "std"         // the standard library
	thirdParty = "third party" // modules that are not ours
)

// helpers are small packages that several backends need: for databases on files
// and behind URLs.
var helpers = []string{"internal/filelock", "internal/embedded", "internal/netfs", "internal/storeurl"}

// backendImports is what a backend may import besides itself.
func backendImports(inherited ...string) []string {
	return slices.Concat([]string{std, thirdParty, "", "core/..."}, helpers, inherited)
}

// drivers are the database drivers, by the backend that may link them. A path
// stands for everything below it.
var drivers = map[string][]string{
	"backends/postgres": {"github.com/jackc/pgx"},
	"backends/mysql":    {"github.com/go-sql-driver/mysql"},
	"backends/mariadb":  {"github.com/go-sql-driver/mysql"},
	"backends/sqlite":   {"github.com/mattn/go-sqlite3", "modernc.org/sqlite"},
}

// rule says what packages may import, tests aside. Paths are relative to the
// module; one that ends in /... stands for the package and everything below it.
// Every package of the module falls under the first rule that matches it.
type rule struct {
	packages string
	// imports lists all that may be imported. A package may always import what
	// lies in the internal folder below itself.
	imports []string
	// drivers allows database drivers, also by way of other packages.
	drivers bool
	because string
}

var rules = []rule{
	{
		packages: "core",
		imports:  []string{std},
		because: "the contract is what every provider, runtime and plugin agrees on, in this module or not: " +
			"depending on it must cost nobody anything",
	},
	{
		packages: "core/engine",
		imports:  []string{std, "core"},
		because:  "the engine implements the contract once, for every database: what it does not import it cannot favour",
	},
	{
		packages: "core/engine/sqldb",
		imports:  []string{std, "core", "core/engine"},
		because:  "the seam over database/sql serves every such driver, so it knows none",
	},
	{
		packages: "core/engine/classtest",
		imports:  []string{std, "core/engine"},
		because:  "generated tests of databases in and out of tree call it",
	},
	{
		packages: "core/...",
		imports:  []string{std, "core/..."},
		because:  "nothing flows back up: the core knows only itself",
	},
	{
		packages: "client/...",
		imports:  []string{std, "core", "client/..."},
		because:  "applications talk to a provider, whichever it is; a client that knew more would bind them to it",
	},
	{
		packages: "sqlgen/vet",
		imports:  []string{std, thirdParty, "core/...", "sqlgen/...", "internal/storeurl"},
		because:  "it tries a description on a server by way of the store it is given, whatever the driver behind it",
	},
	{
		packages: "sqlgen/...",
		imports:  []string{std, thirdParty, "core", "core/engine", "sqlgen/...", "internal/diag", "internal/strictyaml"},
		because: "the generator writes for the engine and learns about a database from its description alone, or a " +
			"description would not be enough for a database out of tree",
	},
	{
		packages: "plugin/harness",
		imports:  []string{std, thirdParty, "core", "conformance", "plugin/..."},
		because:  "it carries the suite's harness across the protocol, for whoever tests a plugin; the others need no suite",
	},
	{
		packages: "plugin/...",
		imports:  []string{std, thirdParty, "core", "plugin/...", "internal/pluginfile"},
		because:  "a plugin's author links the contract and the wire, not our engine or backends",
	},
	{
		packages: "middleware/...",
		imports:  []string{std, thirdParty, "core", "middleware/..."},
		because:  "middleware wraps any provider, however it was loaded",
	},
	{
		packages: "conformance/report",
		imports:  []string{std, "conformance"},
		because:  "it writes down what a run found: all it may know of the provider is in the results",
	},
	{
		packages: "conformance/...",
		imports:  []string{std, thirdParty, "core", "client", "conformance/...", "internal/miniruntime"},
		because: "the suite judges every provider by the contract, and by what a runtime makes of it; any other import of " +
			"ours would make us the judge of ourselves",
	},
	{
		packages: "internal/miniruntime/...",
		imports:  []string{std, "core", "client/...", "internal/miniruntime/..."},
		because:  "the small runtime stands for other people's runtimes, which see the contract and nothing behind it",
	},
	{
		packages: "internal/diag",
		imports:  []string{std},
		because:  "what is wrong and where is told alike by every reader of files, and to every reader of messages",
	},
	{
		packages: "internal/strictyaml",
		imports:  []string{std, thirdParty, "internal/diag"},
		because:  "it reads any file into any structure: descriptions and configurations must not know each other",
	},
	{
		packages: "internal/pluginfile",
		imports:  []string{std, thirdParty},
		because:  "what a file's name says is read by configurations and by the host, which do not know each other",
	},
	{
		packages: "internal/redact",
		imports:  []string{std},
		because:  "whatever prints may hide with it",
	},
	{
		packages: "internal/localfile/...",
		imports:  slices.Concat([]string{std, thirdParty, "core/..."}, helpers),
		because:  "what backends share knows the engine they all use, and no backend",
	},
	{
		packages: "internal/stress/...",
		imports:  []string{std, thirdParty, "core", "client/...", "internal/miniruntime/...", "internal/stress/..."},
		because:  "the workloads measure any provider alike, so they must not know which one they run on",
	},
	{
		packages: "internal/testservers/...",
		imports:  []string{std, thirdParty, "internal/testservers/..."},
		drivers:  true,
		because:  "the harness serves the tests of everything, so it depends on nothing that is tested",
	},
	{
		packages: "internal/provoke",
		imports:  []string{std, thirdParty, "core/...", "internal/testservers"},
		drivers:  true,
		because:  "it makes servers fail for the tests of every backend, through the seam it is given, and knows none of them",
	},
	{
		packages: "backends/postgres/...",
		imports:  backendImports("backends/postgres/..."),
		drivers:  true,
		because:  "a backend is the engine, a seam and a driver: what it took from a sibling would link the sibling's driver",
	},
	{
		packages: "backends/mysql/...",
		imports:  backendImports("internal/mysqldb"),
		drivers:  true,
		because:  "as for PostgreSQL's",
	},
	{
		packages: "backends/mariadb/...",
		imports:  backendImports("internal/mysqldb", "backends/mysql/..."),
		drivers:  true,
		because:  "as for PostgreSQL's; it inherits from MySQL, whose driver it shares",
	},
	{
		packages: "backends/sqlite/...",
		imports:  backendImports(),
		drivers:  true,
		because:  "as for PostgreSQL's",
	},
	{
		packages: "internal/mysqldb",
		imports:  slices.Concat([]string{std, thirdParty, "core/..."}, helpers),
		drivers:  true,
		because:  "it is what the backends over one driver share, and so links that driver and knows no backend",
	},
	{
		packages: "internal/embedded",
		imports:  slices.Concat([]string{std, thirdParty, "core/..."}, helpers),
		because:  "it serves every database in a file and so knows none; the backend gives it the driver",
	},
	{
		packages: "internal/casestores",
		imports:  []string{std, "core/...", "conformance"},
		because:  "it makes stores for the suite in any database, from what the backend reads in a URL",
	},
	{
		packages: "internal/addressurl",
		imports:  []string{std, "core", "internal/storeurl", "plugin/..."},
		because:  "it reads the URLs of stores that somebody else has opened: it knows the way there, and no backend",
	},
	{
		packages: "internal/treeplugin",
		imports:  []string{std, "core", "conformance", "plugin/...", "internal/casestores"},
		because:  "it makes a plugin of a backend that it is given; a program with one backend links one driver",
	},
	{
		packages: "", // package duro itself
		imports:  []string{std, thirdParty, "core", "internal/storeurl", "plugin/...", "middleware/..."},
		because:  "who imports duro chooses the backends; the registry must not choose for him",
	},
	{
		packages: "config",
		imports:  []string{std, thirdParty, "", "core", "internal/strictyaml", "internal/diag", "internal/pluginfile", "internal/redact"},
		because:  "a configuration chooses among what the program has linked or been given, and links nothing for it",
	},
	{
		packages: "config/plugins",
		imports:  []string{std, "core", "config", "plugin/..."},
		because:  "it joins the two, for programs that want plugins; others do not link the protocol",
	},
	{
		packages: "examples/client-python",
		imports:  []string{std, thirdParty, "core", "plugin/...", "backends/sqlite"},
		drivers:  true,
		because:  "its client knows the protocol; the test puts a store at the other end",
	},
	{
		packages: "examples/config",
		imports:  []string{std, "core", "client", "config/...", "all", "internal/miniruntime"},
		drivers:  true,
		because:  "it shows what an application needs, and an application knows no backend: its configuration does",
	},
	{
		packages: "all/...",
		imports:  []string{std, "", "backends/...", "internal/addressurl"},
		drivers:  true,
		because:  "registering every backend is all it is for",
	},
	{
		packages: "cmd/durogen/...",
		imports:  []string{std, thirdParty, "core", "core/engine", "sqlgen/...", "cmd/durogen/...", "internal/diag", "internal/strictyaml"},
		because: "the generator's command must build and run where no driver does; dialects are tried on a server by a " +
			"program that it builds for each",
	},
	{
		packages: "cmd/...",
		imports:  []string{std, thirdParty, "...", "internal/..."},
		drivers:  true,
		because:  "the operator's command is where everything comes together",
	},
	{
		packages: "...",
		imports:  []string{std, thirdParty, "", "core/...", "client/..."},
		because:  "only all/ and cmd/ know the backends: everything else works with a provider it was given",
	},
}

// databaseFree are the trees whose code names no database outside comments.
var databaseFree = []struct{ tree, because string }{
	{"core", "what the engine does for one database by name it does wrongly for the next"},
	{"sqlgen", "a difference between databases is a line in a description, not a branch on a name"},
}

// short is code whose length has a limit: lines that are neither blank nor comments.
var short = struct {
	tree    string
	aside   []string
	lines   int
	because string
}{
	tree: "conformance/reference", aside: []string{"hooks.go", "wrap_gen.go"}, lines: 800,
	because: "it is the contract, to be read in one sitting; the hooks are the suite's, and what is generated only passes calls on",
}
