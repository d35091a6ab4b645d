package netfs

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// kinds maps the magic numbers of file systems that live on other machines, or
// are shared with a host. See statfs(2) and linux/magic.h.
var kinds = map[uint32]string{
	unix.NFS_SUPER_MAGIC:   "nfs",
	unix.SMB_SUPER_MAGIC:   "smb",
	unix.SMB2_SUPER_MAGIC:  "smb",
	unix.CIFS_SUPER_MAGIC:  "cifs",
	unix.AFS_SUPER_MAGIC:   "afs",
	unix.AFS_FS_MAGIC:      "afs",
	unix.CODA_SUPER_MAGIC:  "coda",
	unix.V9FS_MAGIC:        "9p",
	unix.CEPH_SUPER_MAGIC:  "ceph",
	unix.OCFS2_SUPER_MAGIC: "ocfs2",
	unix.NCP_SUPER_MAGIC:   "ncp",
	0x01161970:             "gfs2",
	0x0bd00bd0:             "lustre",
	0x19830326:             "beegfs",
	0x47504653:             "gpfs",
	0x786f4256:             "vboxsf",
	0xaad7aaea:             "panfs",
	0xbacbacbc:             "vmhgfs",
}

// localFUSE are the FUSE file systems that keep their files on this machine.
var localFUSE = []string{
	"fuseblk", "fuse.ntfs-3g", "fuse.exfat", "fuse.bindfs", "fuse.encfs", "fuse.gocryptfs",
	"fuse.cryfs", "fuse.mergerfs", "fuse.fuse-overlayfs", "fuse.lxcfs", "fuse.zfs",
}

func system(path string) (string, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(path, &st); err != nil {
		return "", &os.PathError{Op: "statfs", Path: path, Err: err}
	}
	magic := uint32(st.Type) // 32 bits, sign-extended on some machines
	if magic != unix.FUSE_SUPER_MAGIC {
		return kinds[magic], nil
	}
	mounts, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return "fuse", nil // cannot tell: refuse
	}
	defer mounts.Close()
	if path, err = filepath.Abs(path); err != nil {
		return "", err
	}
	kind := mountType(mounts, path)
	if slices.Contains(localFUSE, kind) {
		return "", nil
	}
	return kind, nil
}

// mountType finds the type of the mount that holds path in a mountinfo(5) table;
// "fuse" when it finds none.
func mountType(table io.Reader, path string) string {
	kind, longest := "fuse", -1
	lines := bufio.NewScanner(table)
	for lines.Scan() {
		mount, rest, ok := strings.Cut(lines.Text(), " - ")
		fields := strings.Fields(mount)
		if !ok || len(fields) < 5 {
			continue
		}
		point := unescape.Replace(fields[4])
		if within(path, point) && len(point) >= longest { // a later mount covers an earlier one
			longest = len(point)
			kind, _, _ = strings.Cut(rest, " ")
		}
	}
	return kind
}

// unescape undoes the escapes of mountinfo.
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

func within(path, point string) bool {
	return path == point || strings.HasPrefix(path, strings.TrimSuffix(point, "/")+"/")
}
