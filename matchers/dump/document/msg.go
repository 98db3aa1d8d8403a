package document

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"
	"vigie/internal/cfb"

	"vigie/matchers/dump"
)

// msg is a message of Outlook ([MS-OXMSG]): properties as streams of a compound file.
type msg struct{}

// Name is "msg".
func (msg) Name() string { return "msg" }

// Sniff looks for the stream of properties in the directory.
func (msg) Sniff(f *dump.File) float64 {
	switch {
	case cfb.HoldsName(f.Head, "__properties_version1.0"), cfb.HoldsName(f.Head, "__nameid_version1.0"):
		return 0.98 // a text may be attached to it, in the same directory
	case !f.Whole && strings.HasPrefix(string(f.Head), cfb.Magic) && strings.EqualFold(path.Ext(f.Path), ".msg"):
		return 0.95
	}
	return 0
}

// Properties ([MS-OXPROPS]).
const (
	propSubject, propSent, propReceived           = 0x0037, 0x0039, 0x0e06
	propSender, propSenderMail, propSenderSMTP    = 0x0c1a, 0x0c1f, 0x5d01
	propTo, propCc, propBcc                       = 0x0e04, 0x0e03, 0x0e02
	propBody, propRTF, propHTML                   = 0x1000, 0x1009, 0x1013
	propName, propMail, propSMTP, propKind        = 0x3001, 0x3003, 0x39fe, 0x0c15
	propData, propShortName, propLongName         = 0x3701, 0x3704, 0x3707
	propCodePage, propInternetPage, propStringsAs = 0x3ffd, 0x3fde, 0x001e
)

const maxProperty = 16 << 20 // bytes of a property that is held

// outlook reads messages out of a compound file.
type outlook struct {
	ctx   context.Context
	v     dump.Visitor
	c     *cfb.File
	out   *prose
	met   map[uint32]bool
	parts int
	cells [6][]byte
}

// Read reads the message, and those in it.
func (msg) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	src, err := f.Source()
	if err != nil {
		return err
	}
	c, err := openCompound(src)
	if err != nil {
		return err
	}
	o := &outlook{ctx: ctx, v: v, c: c, out: newProse(ctx, v), met: map[uint32]bool{}}
	if err := o.message(0, 32, 0); err != nil {
		return err
	}
	return say(v, "", o.out.flush())
}

// storage is the properties of a storage, and the storages in it.
type storage struct {
	o       *outlook
	streams map[uint32]cfb.Entry // by property and type
	fixed   map[uint16][]byte    // values of eight bytes
	inner   []uint32
	page    int
}

// storage reads a storage; header is how many bytes stand before its fixed properties.
func (o *outlook) storage(at uint32, header int) *storage {
	s := &storage{o: o, streams: map[uint32]cfb.Entry{}, fixed: map[uint16][]byte{}, page: 1252}
	for _, child := range o.c.Children(at, o.met) {
		e := o.c.Entries[child]
		tag, ok := strings.CutPrefix(e.Name, "__substg1.0_")
		switch {
		case e.Kind == 1:
			s.inner = append(s.inner, child)
		case ok && len(tag) == 8:
			if n, err := strconv.ParseUint(tag, 16, 32); err == nil {
				s.streams[uint32(n)] = e
			}
		case e.Name == "__properties_version1.0":
			b := o.c.Bytes(e, 1<<20)
			for b = b[min(len(b), header):]; len(b) >= 16; b = b[16:] {
				s.fixed[le16(b[2:])] = b[8:16]
			}
		}
	}
	for _, id := range []uint16{propInternetPage, propCodePage} {
		if b, ok := s.fixed[id]; ok && le32(b) > 0 && le32(b) < 65536 && le32(b) != 1200 {
			s.page = int(le32(b))
		}
	}
	return s
}

// text is a property that is a string.
func (s *storage) text(id uint32) string {
	if e, ok := s.streams[id<<16|0x1f]; ok {
		return string(wide(s.o.c.Bytes(e, maxProperty)))
	}
	if e, ok := s.streams[id<<16|propStringsAs]; ok {
		return s.decode(s.o.c.Bytes(e, maxProperty))
	}
	return ""
}

func (s *storage) decode(b []byte) string {
	if s.page == 65001 {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	d, err := codePage(s.page).NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(d)
}

// first is the first of properties that says something.
func (s *storage) first(ids ...uint32) string {
	for _, id := range ids {
		if t := strings.Trim(s.text(id), "\x00 "); t != "" {
			return t
		}
	}
	return ""
}

// message reads a message with its recipients and what is attached.
func (o *outlook) message(at uint32, header, depth int) error {
	s := o.storage(at, header)
	var to [3][]string // by kind: to, cc, bcc
	var attachments []uint32
	for _, child := range s.inner {
		if o.parts++; o.parts > MaxParts {
			return say(o.v, "parts", errMany)
		}
		switch name := o.c.Entries[child].Name; {
		case strings.HasPrefix(name, "__recip_version1.0"):
			r := o.storage(child, 8)
			kind := 1
			if b, ok := r.fixed[propKind]; ok && le32(b) >= 1 && le32(b) <= 3 {
				kind = int(le32(b))
			}
			r.page = s.page
			to[kind-1] = append(to[kind-1], r.first(propName)+" <"+r.first(propSMTP, propMail)+">")
		case strings.HasPrefix(name, "__attach_version1.0"):
			attachments = append(attachments, child)
		}
	}
	from := s.first(propSender) + " <" + s.first(propSenderSMTP, propSenderMail) + ">"
	date := s.date()
	o.out.at("header")
	for _, f := range [][2]string{{"From", from}, {"To", orElse(to[0], s, propTo)}, {"Cc", orElse(to[1], s, propCc)}, {"Bcc", orElse(to[2], s, propBcc)}, {"Date", date}, {"Subject", s.first(propSubject)}} {
		if f[1] != "" {
			o.out.string(f[0] + ": " + f[1])
			o.out.line()
		}
	}
	if err := o.out.flush(); err != nil {
		return say(o.v, "", err)
	}
	if err := messageRow(o.v, &o.cells, from, strings.Join(to[0], ", "), strings.Join(to[1], ", "), date, s.first(propSubject)); err != nil {
		return err
	}
	o.body(s)
	if err := o.out.flush(); err != nil {
		return say(o.v, "", err)
	}
	for _, child := range attachments {
		if err := o.attachment(child, depth); err != nil {
			return err
		}
	}
	return nil
}

func orElse(list []string, s *storage, id uint32) string {
	if len(list) > 0 {
		return strings.Join(list, ", ")
	}
	return s.first(id)
}

// date is when the message was sent or received, in universal time.
func (s *storage) date() string {
	for _, id := range []uint16{propSent, propReceived} {
		b, ok := s.fixed[id]
		if !ok {
			continue
		}
		ticks := int64(le32(b)) | int64(le32(b[4:]))<<32 // of 100 ns since 1601
		if seconds := ticks/1e7 - 11644473600; seconds > 0 && seconds < 1<<33 {
			return time.Unix(seconds, 0).UTC().Format(time.DateTime)
		}
	}
	return ""
}

// body reads the text of a message in the plainest form it has.
func (o *outlook) body(s *storage) {
	o.out.at("body")
	if t := s.text(propBody); strings.TrimSpace(t) != "" {
		o.out.string(t)
		return
	}
	for _, kind := range []uint32{0x102, 0x1f, 0x1e} {
		e, ok := s.streams[propHTML<<16|kind]
		if !ok {
			continue
		}
		b := o.c.Bytes(e, maxProperty)
		switch kind {
		case 0x1f:
			b = []byte(string(wide(b)))
		default:
			b = []byte(s.decode(b))
		}
		htmlText(o.out, bytes.NewReader(b))
		return
	}
	e, ok := s.streams[propRTF<<16|0x102]
	if !ok {
		return
	}
	text, ok := inflateRTF(o.c.Bytes(e, maxProperty))
	if !ok {
		o.v.Unread("body", dump.CodeDamaged, "open it in Outlook and save it again")
		return
	}
	if bytes.Contains(text[:min(len(text), 1024)], []byte("\\fromhtml")) {
		var html bytes.Buffer
		readRTF(o.out, bytes.NewReader(text), &html)
		htmlText(o.out, &html)
		return
	}
	readRTF(o.out, bytes.NewReader(text), nil)
}

// attachment gives an attached file, or reads an attached message.
func (o *outlook) attachment(at uint32, depth int) error {
	s := o.storage(at, 8)
	for _, child := range s.inner {
		if o.c.Entries[child].Name == fmt.Sprintf("__substg1.0_%04X000D", propData) {
			if depth >= MaxMIME {
				return say(o.v, "message", errDeep)
			}
			return o.message(child, 24, depth+1)
		}
	}
	e, ok := s.streams[propData<<16|0x102]
	if !ok {
		return nil
	}
	name := path.Base(strings.ReplaceAll(s.first(propLongName, propShortName, propName), `\`, "/"))
	if name == "." || name == "/" || name == ".." {
		name = fmt.Sprintf("part_%d", o.parts)
	}
	stream := o.c.Open(e)
	return o.v.Member(o.ctx, name, stream.Size(), io.NewSectionReader(stream, 0, stream.Size()))
}

// rtfBegin is what compressed RTF may refer to before its own beginning.
const rtfBegin = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"

// inflateRTF undoes the compression of RTF in messages ([MS-OXRTFCP]): references
// into a ring of 4,096 bytes.
func inflateRTF(b []byte) ([]byte, bool) {
	if len(b) < 16 {
		return nil, false
	}
	kind := string(b[8:12])
	b = b[16:]
	if kind == "MELA" {
		return b, true
	}
	if kind != "LZFu" {
		return nil, false
	}
	var ring [4096]byte
	at := copy(ring[:], rtfBegin)
	var out []byte
	put := func(c byte) {
		out = append(out, c)
		ring[at&4095] = c
		at++
	}
	for len(b) > 0 {
		flags := b[0]
		b = b[1:]
		for bit := 0; bit < 8 && len(b) > 0; bit++ {
			if flags>>bit&1 == 0 {
				put(b[0])
				b = b[1:]
				continue
			}
			if len(b) < 2 {
				return out, true
			}
			from, n := int(b[0])<<4|int(b[1])>>4, int(b[1]&15)+2
			b = b[2:]
			if from == at&4095 {
				return out, true // the end
			}
			for range n {
				put(ring[from&4095])
				from++
			}
		}
	}
	return out, true
}

// pst is an archive of Outlook ([MS-PST]), known and not read.
type pst struct{}

// Name is "pst".
func (pst) Name() string { return "pst" }

// Sniff knows its mark.
func (pst) Sniff(f *dump.File) float64 {
	if strings.HasPrefix(string(f.Head), "!BDN") {
		return sure
	}
	return 0
}

// Read refuses it.
func (pst) Read(context.Context, *dump.File, dump.Visitor) error {
	return dump.Refuse(dump.CodeNoReader, "make a mailbox of it with readpst, and read that")
}
