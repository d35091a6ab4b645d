// Package plugin is the SDK for providers out of tree. A program that calls Serve is a
// plugin: a host starts it as a child process, or an operator has it listen at an
// address.
//
//	func main() {
//		err := plugin.Serve(context.Background(), plugin.Info{Name: "acme", Version: "1.2.0"}, open)
//		if err != nil {
//			fmt.Fprintln(os.Stderr, err)
//			os.Exit(1)
//		}
//	}
//
//	func open(ctx context.Context, config json.RawMessage) (core.Provider, error) { … }
//
// Such a program also understands `describe`, --version, --listen ADDRESS and --debug;
// run by hand without any of them it says what it is. Package plugin/host is the other
// side, and docs/protocol.md what the two say to each other.
package plugin
