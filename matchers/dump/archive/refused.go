package archive

import (
	"bytes"
	"context"

	"vigie/matchers/dump"
)

// unreadableFormat is a container that is known and has no reader here: it is
// recognised so that the refusal can say how to go on.
type unreadableFormat struct {
	name   string
	offset int
	magic  string
	hint   string
}

func unreadable() []unreadableFormat {
	return []unreadableFormat{
		{"ar", 0, "!<arch>\n", "unpack it: ar x FILE"},
		{"cab", 0, "MSCF\x00\x00\x00\x00", "unpack it: cabextract FILE, or 7z x FILE"},
		{"iso", 0x8001, "CD001", "unpack it: 7z x FILE, or mount it and copy the files"},
		{"cpio", 0, "070701", "unpack it: cpio -i < FILE"},
		{"cpio", 0, "070702", "unpack it: cpio -i < FILE"},
		{"cpio", 0, "070707", "unpack it: cpio -i < FILE"},
		{"arj", 0, "\x60\xea", "unpack it: 7z x FILE"},
		{"lha", 2, "-lh", "unpack it: 7z x FILE"},
		{"lzip", 0, "LZIP", "unpack it: lzip -d FILE"},
		{"wim", 0, "MSWIM\x00\x00\x00", "unpack it: 7z x FILE"},
		{"squashfs", 0, "hsqs", "unpack it: unsquashfs FILE"},
		{"vmdk", 0, "KDMV", "unpack it: 7z x FILE"},
		{"qcow", 0, "QFI\xfb", "convert it: qemu-img convert, and copy the files out"},
	}
}

// Name is the container's short name.
func (u unreadableFormat) Name() string { return u.name }

// Sniff looks for the container's signature. A short one could begin a text.
func (u unreadableFormat) Sniff(f *dump.File) float64 {
	if len(f.Head) < u.offset || !bytes.HasPrefix(f.Head[u.offset:], []byte(u.magic)) {
		return 0
	}
	if len(u.magic) < 5 {
		return 0.45
	}
	return 0.85
}

// Read refuses the file.
func (u unreadableFormat) Read(context.Context, *dump.File, dump.Visitor) error {
	return dump.Refuse(dump.CodeNoReader, "this is "+u.name+": "+u.hint)
}
