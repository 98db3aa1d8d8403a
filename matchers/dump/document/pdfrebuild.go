package document

import "bytes"

// rebuild makes the table by looking for "7 0 obj" in all of the file, as
// viewers do with files that are damaged.
func (d *pdfFile) rebuild() error {
	if d.rebuilt {
		return nil
	}
	d.rebuilt = true
	d.objects, d.cache = nil, map[int]any{}
	const window, overlap = 1 << 20, 64
	buf := make([]byte, window)
	var packs []int
	for at := int64(0); at < d.size; at += window - overlap {
		if err := d.ctx.Err(); err != nil {
			return err
		}
		n, err := d.src.ReadAt(buf[:min(window, d.size-at)], at)
		if n == 0 && err != nil {
			break
		}
		for from := 0; ; {
			i := bytes.Index(buf[from:n], []byte("obj"))
			if i < 0 {
				break
			}
			i += from
			from = i + 3
			num, gen, start, ok := objectHead(buf[:i])
			if !ok || start == 0 && at > 0 {
				continue
			}
			d.place(num, pdfPlace{at + int64(start), int32(gen), placeFile}, true)
			if bytes.Contains(buf[i:min(n, i+200)], []byte("/ObjStm")) && len(packs) < maxObjects {
				packs = append(packs, num)
			}
		}
		for from := 0; ; {
			i := bytes.Index(buf[from:n], []byte("trailer"))
			if i < 0 {
				break
			}
			from += i + 7
			dict, _ := newLexer(d.section(at+int64(from)), 1024).value().(pdfDict)
			for key, v := range dict {
				d.trailer[key] = v
			}
		}
	}
	return d.rebuildTrailer(packs)
}

// objectHead reads "7 0 " backwards from where "obj" stands.
func objectHead(b []byte) (num, gen, start int, ok bool) {
	i := len(b)
	back := func() (n int, ok bool) {
		for i > 0 && isSpace(b[i-1]) {
			i--
		}
		end := i
		for i > 0 && isDigit(b[i-1]) && end-i < 10 {
			i--
		}
		return int(number(b[i:end])), end > i
	}
	if gen, ok = back(); !ok || i == 0 || !isSpace(b[i-1]) {
		return 0, 0, 0, false
	}
	num, ok = back()
	return num, gen, i, ok
}

// rebuildTrailer finds the catalogue, and the objects in object streams.
func (d *pdfFile) rebuildTrailer(packs []int) error {
	d.warn(WarnDamaged)
	if !d.rooted() {
		for num := range d.objects { // cross-reference streams are trailers too
			if num%1024 == 0 && d.ctx.Err() != nil {
				return d.ctx.Err()
			}
			d.maybeRoot(num)
		}
	}
	for _, num := range packs {
		p := d.pack(num)
		if p == nil {
			continue
		}
		for inner := range p.at {
			d.place(inner, pdfPlace{int64(num), 0, placePack}, false)
		}
		if !d.rooted() {
			for inner := range p.at {
				d.maybeRoot(inner)
			}
		}
	}
	return nil
}

func (d *pdfFile) maybeRoot(num int) {
	switch v := d.load(num).(type) {
	case pdfDict:
		if v["Type"] == pdfName("Catalog") && d.dict(d.trailer["Root"])["Pages"] == nil {
			d.trailer["Root"] = pdfRef{num, 0}
		}
	case *pdfStream:
		if v.dict["Type"] == pdfName("XRef") {
			for _, key := range []string{"Root", "Encrypt", "ID", "Info"} {
				if x, ok := v.dict[key]; ok {
					d.trailer[key] = x
				}
			}
		}
	}
}
