package wire

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/durokit/duro/core"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

func document(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Who writes a client reads the codes in docs/protocol.md.
func TestTheDocumentHasEveryCode(t *testing.T) {
	t.Parallel()
	row := regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([A-Z_]+) \\| (yes|no) \\| ")
	written := map[string]string{}
	for _, m := range row.FindAllStringSubmatch(document(t), -1) {
		written[m[1]] = m[2] + " " + m[3]
	}
	for _, c := range core.Codes() {
		retryable := map[bool]string{true: "yes", false: "no"}[c.Retryable()]
		want := code.Code_name[int32(statusCodes[c])] + " " + retryable
		if written[c.String()] != want {
			t.Errorf("docs/protocol.md says of %s %q, not %q", c, written[c.String()], want)
		}
		delete(written, c.String())
	}
	for name := range written {
		t.Errorf("docs/protocol.md has %s, which is no code", name)
	}
}

func TestTheDocumentHasEveryCallAndNumber(t *testing.T) {
	t.Parallel()
	text := document(t)
	for _, file := range []protoreflect.FileDescriptor{
		providerv1.File_duro_provider_v1_plugin_proto, providerv1.File_duro_provider_v1_provider_proto,
		providerv1.File_duro_provider_v1_admin_proto, providerv1.File_duro_provider_v1_frame_proto,
		providerv1.File_duro_provider_v1_harness_proto,
	} {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			if !strings.Contains(text, string(service.Name())) {
				t.Errorf("docs/protocol.md does not have %s", service.Name())
			}
			if service.Name() == "HarnessService" || service.Name() == "AdminService" {
				continue // one is for tests, the other's calls are those of the contract
			}
			for j := range service.Methods().Len() {
				if call := string(service.Methods().Get(j).Name()); !strings.Contains(text, call) {
					t.Errorf("docs/protocol.md does not have the call %s", call)
				}
			}
		}
	}
	for _, words := range []string{
		"**1 MiB** (1,048,576 bytes)", "longer than 4 MiB", "256 MiB; a longer one", "cut after 16 KiB",
		"`" + TransferKey + ": ID`", CookieKey + "=" + Cookie, "`" + LifelineKey + "`", "`" + FolderKey + "`", "`" + LogLevelKey + "`",
		"version is " + strconv.Itoa(ProtocolMajor) + "." + strconv.Itoa(ProtocolMinor),
	} {
		if !strings.Contains(text, words) {
			t.Errorf("docs/protocol.md does not have %q", words)
		}
	}
	if MaxInline != 1<<20 || MaxFrame != 4<<20 || MaxTransfer != 256<<20 || MaxMessage != 16<<10 {
		t.Error("a limit has changed, and docs/protocol.md says what it was")
	}
}
