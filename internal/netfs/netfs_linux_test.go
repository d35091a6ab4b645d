package netfs

import (
	"strings"
	"testing"
)

const mountinfo = `22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 22 0:36 / /mnt/a\040b rw,nosuid - fuse.sshfs host:/x rw,user_id=0
41 22 0:37 / /mnt/local rw - fuse.gocryptfs /enc rw
42 41 0:38 / /mnt/local/deep rw shared:5 - virtiofs tag rw
broken line
`

func TestMountTypeOfFUSE(t *testing.T) {
	for path, want := range map[string]string{
		"/mnt/a b/store.db":        "fuse.sshfs",
		"/mnt/a b":                 "fuse.sshfs",
		"/mnt/a bc/store.db":       "ext4",
		"/mnt/local/store.db":      "fuse.gocryptfs",
		"/mnt/local/deep/store.db": "virtiofs",
	} {
		if got := mountType(strings.NewReader(mountinfo), path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if got := mountType(strings.NewReader(""), "/x"); got != "fuse" {
		t.Errorf("without a mount: %q", got)
	}
}

func TestNetworkMagicNumbers(t *testing.T) {
	for magic, want := range map[uint32]string{0x6969: "nfs", 0xff534d42: "cifs", 0xfe534d42: "smb", 0x517b: "smb", 0xef53: "", 0x01021994: ""} {
		if got := kinds[magic]; got != want {
			t.Errorf("%#x: %q, want %q", magic, got, want)
		}
	}
}
