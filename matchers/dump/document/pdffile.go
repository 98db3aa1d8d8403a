package document

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"vigie/matchers/dump"
)

// maxObjects is the highest number of an object; a table of them takes 16 bytes
// each.
const maxObjects = 4 << 20

// A pdfFile finds objects by their numbers (ISO 32000-1 section 7.5). Of the
// file it holds the table of where they are, and a few of them.
type pdfFile struct {
	ctx     context.Context
	src     dump.Source
	size    int64
	objects []pdfPlace
	trailer pdfDict
	crypt   *pdfCrypt
	cache   map[int]any
	packs   map[int]*pdfPack
	loading map[int]bool
	budget  int64 // bytes that may still come out of streams
	search  int64 // bytes that may still be searched for the ends of streams
	rebuilt bool
	spare   []inflater
	warn    func(code string)
}

// A pdfPlace is where an object is: at an offset, or in an object stream.
type pdfPlace struct {
	at   int64 // offset, or the number of the object stream
	gen  int32
	kind int8
}

const (
	placeNone int8 = iota
	placeFile
	placePack
)

// A pdfPack is an object stream, unpacked (section 7.5.7).
type pdfPack struct {
	data []byte
	at   map[int]int
}

const (
	maxPack   = 16 << 20 // bytes of an object stream
	maxPacks  = 4        // object streams held
	maxCached = 2048     // objects held
	maxFree   = 64       // bytes out of all streams, for a byte of the file,
	freeBytes = 16 << 20 // and beyond that
)

func openPDF(ctx context.Context, src dump.Source, passwords []string, warn func(string)) (*pdfFile, error) {
	d := &pdfFile{ctx: ctx, src: src, size: src.Size(), trailer: pdfDict{}, cache: map[int]any{},
		packs: map[int]*pdfPack{}, loading: map[int]bool{}, warn: warn}
	d.budget = min(maxFree*d.size+freeBytes, dump.MaxOutput)
	d.search = 2*d.size + 1<<20
	d.readTables()
	if !d.rooted() && d.trailer["Encrypt"] == nil {
		if err := d.rebuild(); err != nil {
			return nil, err
		}
	}
	if d.trailer["Encrypt"] != nil {
		if err := d.unlock(passwords); err != nil {
			return nil, err
		}
		if !d.rooted() {
			if err := d.rebuild(); err != nil {
				return nil, err
			}
		}
	}
	return d, ctx.Err()
}

// rooted says whether the way to the pages is known.
func (d *pdfFile) rooted() bool {
	_, ok := d.resolve(d.dict(d.trailer["Root"])["Pages"]).(pdfDict)
	return ok
}

// place notes where an object is, unless a newer table did.
func (d *pdfFile) place(num int, p pdfPlace, newer bool) {
	if num < 0 || num > maxObjects {
		return
	}
	for len(d.objects) <= num {
		d.objects = append(d.objects, make([]pdfPlace, num+1-len(d.objects))...)
	}
	if newer || d.objects[num].kind == placeNone {
		d.objects[num] = p
	}
}

// readTables follows the chain of cross-reference tables from the newest on.
func (d *pdfFile) readTables() {
	tail := make([]byte, min(d.size, 2048))
	n, _ := d.src.ReadAt(tail, d.size-int64(len(tail)))
	i := bytes.LastIndex(tail[:n], []byte("startxref"))
	if i < 0 {
		return
	}
	at, _ := newLexer(bytes.NewReader(tail[i+9:n]), 64).value().(float64)
	seen := map[int64]bool{}
	todo := []int64{int64(at)}
	for len(todo) > 0 && len(seen) < 4096 && d.ctx.Err() == nil {
		at := todo[0]
		todo = todo[1:]
		if seen[at] || at <= 0 || at >= d.size {
			continue
		}
		seen[at] = true
		dict := d.readTable(at)
		for key, v := range dict {
			if _, ok := d.trailer[key]; !ok {
				d.trailer[key] = v
			}
		}
		for _, key := range []string{"XRefStm", "Prev"} {
			if next, ok := dict[key].(float64); ok {
				todo = append(todo, int64(next))
			}
		}
	}
}

func (d *pdfFile) section(at int64) *io.SectionReader {
	return io.NewSectionReader(d.src, at, d.size-at)
}

// readTable reads a table of either kind and returns its trailer.
func (d *pdfFile) readTable(at int64) pdfDict {
	l := newLexer(d.section(at), 4096)
	if w, ok := l.value().(pdfWord); !ok || w != "xref" {
		return d.readXRefStream(at)
	}
	for d.ctx.Err() == nil {
		v := l.value()
		first, ok := v.(float64)
		if !ok {
			if v == pdfWord("trailer") {
				dict, _ := l.value().(pdfDict)
				return dict
			}
			return nil
		}
		count, _ := l.value().(float64)
		for i := 0.0; i < count; i++ {
			offset, ok1 := l.value().(float64)
			gen, ok2 := l.value().(float64)
			kind, ok3 := l.value().(pdfWord)
			if !ok1 || !ok2 || !ok3 {
				return nil
			}
			if kind == "n" {
				d.place(int(first+i), pdfPlace{int64(offset), int32(gen), placeFile}, false)
			}
		}
	}
	return nil
}

// readXRefStream reads a cross-reference stream (section 7.5.8).
func (d *pdfFile) readXRefStream(at int64) pdfDict {
	s, ok := d.objectAt(at, -1).(*pdfStream)
	if !ok {
		return nil
	}
	s.plain = true
	widths, _ := s.dict["W"].(pdfArray)
	if len(widths) < 3 {
		return nil
	}
	var w [3]int
	for i := range w {
		n, _ := widths[i].(float64)
		if n < 0 || n > 8 {
			return nil
		}
		w[i] = int(n)
	}
	index, _ := s.dict["Index"].(pdfArray)
	if len(index) < 2 {
		index = pdfArray{0.0, s.dict["Size"]}
	}
	r, err := d.unpack(s)
	if err != nil || w[0]+w[1]+w[2] == 0 {
		return nil
	}
	row := make([]byte, w[0]+w[1]+w[2])
	for ; len(index) >= 2; index = index[2:] {
		first, _ := index[0].(float64)
		count, _ := index[1].(float64)
		for i := 0.0; i < count && i < maxObjects; i++ {
			if _, err := io.ReadFull(r, row); err != nil {
				return s.dict
			}
			kind, a, b := bigEndian(row[:w[0]]), bigEndian(row[w[0]:w[0]+w[1]]), bigEndian(row[w[0]+w[1]:])
			switch {
			case w[0] == 0 || kind == 1:
				d.place(int(first+i), pdfPlace{a, int32(b), placeFile}, false)
			case kind == 2:
				d.place(int(first+i), pdfPlace{a, 0, placePack}, false)
			}
		}
	}
	return s.dict
}

func bigEndian(b []byte) (n int64) {
	for _, c := range b {
		n = n<<8 | int64(c)
	}
	return n & (1<<62 - 1)
}

// resolve follows a reference.
func (d *pdfFile) resolve(v any) any {
	for range 8 {
		ref, ok := v.(pdfRef)
		if !ok {
			return v
		}
		v = d.load(ref.num)
	}
	return nil
}

// dict is a value as a dictionary, of a stream as well; nil for others.
func (d *pdfFile) dict(v any) pdfDict {
	switch v := d.resolve(v).(type) {
	case pdfDict:
		return v
	case *pdfStream:
		return v.dict
	}
	return nil
}

func (d *pdfFile) array(v any) pdfArray {
	a, _ := d.resolve(v).(pdfArray)
	return a
}

func (d *pdfFile) number(v any) (float64, bool) {
	n, ok := d.resolve(v).(float64)
	return n, ok
}

// load reads an object; nil when there is none.
func (d *pdfFile) load(num int) any {
	if num < 0 || num >= len(d.objects) || d.loading[num] || d.ctx.Err() != nil {
		return nil
	}
	if v, ok := d.cache[num]; ok || d.objects[num].kind == placeNone {
		return v
	}
	d.loading[num] = true
	defer delete(d.loading, num)
	var v any
	switch p := d.objects[num]; p.kind {
	case placeFile:
		v = d.objectAt(p.at, num)
		if v == nil && !d.rebuilt && d.rooted() { // the table is wrong
			if d.rebuild() == nil && num < len(d.objects) && d.objects[num].kind == placeFile {
				v = d.objectAt(d.objects[num].at, num)
			}
		}
		if d.crypt != nil {
			v = d.crypt.strings(v, num, int(p.gen))
		}
	case placePack:
		if pack := d.pack(int(p.at)); pack != nil {
			if at, ok := pack.at[num]; ok && at < len(pack.data) {
				v = plain(newLexer(bytes.NewReader(pack.data[at:]), 512).value())
			}
		}
	}
	if len(d.cache) >= maxCached {
		clear(d.cache)
	}
	d.cache[num] = v
	return v
}

// plain is a value that is no word.
func plain(v any) any {
	switch v.(type) {
	case pdfWord, pdfEnd:
		return nil
	}
	return v
}

// objectAt reads the object at an offset. want is its number; -1 is any.
func (d *pdfFile) objectAt(at int64, want int) any {
	if at < 0 || at >= d.size {
		return nil
	}
	l := newLexer(d.section(at), 2048)
	num, ok1 := l.value().(float64)
	gen, ok2 := l.value().(float64)
	word, ok3 := l.value().(pdfWord)
	if !ok1 || !ok2 || !ok3 || word != "obj" || want >= 0 && int(num) != want {
		return nil
	}
	v := l.value()
	dict, ok := v.(pdfDict)
	if !ok {
		if n, isNumber := v.(float64); isNumber { // a reference, perhaps
			if g, isNumber := l.value().(float64); isNumber && l.value() == pdfWord("R") {
				return pdfRef{int(n), int(g)}
			}
		}
		return plain(v)
	}
	if l.value() != pdfWord("stream") {
		return dict
	}
	if c, ok := l.next(); ok && c == '\r' {
		if c, ok = l.next(); ok && c != '\n' {
			l.back()
		}
	} else if ok && c != '\n' {
		l.back()
	}
	start := at + l.offset()
	return &pdfStream{dict: dict, raw: io.NewSectionReader(d.src, start, d.length(dict, start)), num: int(num), gen: int(gen)}
}

// length is how long a stream is that begins at start: as it says, when its end stands
// there, else up to where its end stands.
func (d *pdfFile) length(dict pdfDict, start int64) int64 {
	var buf [32 << 10]byte
	if n, ok := d.number(dict["Length"]); ok && n >= 0 && n <= float64(d.size-start) {
		k, _ := d.src.ReadAt(buf[:20], start+int64(n))
		if bytes.Contains(buf[:k], []byte("endstr")) {
			return int64(n)
		}
	}
	const overlap = 8
	for at := start; at < d.size && d.search > 0; at += int64(len(buf)) - overlap {
		k, err := d.src.ReadAt(buf[:min(int64(len(buf)), d.size-at)], at)
		d.search -= int64(k)
		if i := bytes.Index(buf[:k], []byte("endstream")); i >= 0 {
			return at + int64(i) - start
		}
		if err != nil {
			break
		}
	}
	return d.size - start
}

// pack unpacks an object stream.
func (d *pdfFile) pack(num int) *pdfPack {
	if p, ok := d.packs[num]; ok {
		return p
	}
	s, ok := d.load(num).(*pdfStream)
	if !ok {
		return nil
	}
	n, _ := d.number(s.dict["N"])
	first, _ := d.number(s.dict["First"])
	r, err := d.unpack(s)
	if err != nil || first < 0 || first > maxPack {
		return nil
	}
	data, _ := io.ReadAll(io.LimitReader(r, maxPack)) // as far as it goes
	p := &pdfPack{data: data, at: map[int]int{}}
	l := newLexer(bytes.NewReader(data[:min(len(data), int(first))]), 1024)
	for i := 0.0; i < n && i < 100_000; i++ {
		inner, ok1 := l.value().(float64)
		at, ok2 := l.value().(float64)
		if !ok1 || !ok2 {
			break
		}
		if at >= 0 && at < maxPack && inner >= 0 && inner < maxObjects {
			p.at[int(inner)] = int(first) + int(at)
		}
	}
	if len(d.packs) >= maxPacks {
		clear(d.packs)
	}
	d.packs[num] = p
	return p
}

// errBudget ends the reading of a file whose streams give more than they may.
var errBudget = fmt.Errorf("pdf: %w", errBomb)
