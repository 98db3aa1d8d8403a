package registry

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"sync"

	"vigie/matchers"
)

// batchRows is how many rows go to a worker at once.
const batchRows = 256

// profiledBatches is how many batches at the beginning have their columns
// looked at, and then which share of them: as good as all, and cheap.
const profiledBatches = 16

// batch is some rows of persons.csv on their way through a worker: what was
// read goes in, what is to be written comes out. Batches are written in the
// order in which they were read, so the same file gives the same registry.
type batch struct {
	number  int
	fields  []string // len(table.cols) a row that has no code
	rows    []batchRow
	styles  dateStyles
	err     error // ends the file after these rows
	records []byte
	boxes   []byte
	done    chan struct{}
}

type batchRow struct {
	line        int64
	code        string // why it is refused
	digest      idDigest
	deceased    bool
	content     uint64
	record, box int // where its bytes end
}

// people reads persons.csv and writes records and boxes.
func (b *builder) people(ctx context.Context, records io.Writer) error {
	t, err := openTable(personsName, b.Persons, b.Manifest.Columns, colID, column(matchers.BirthName), column(matchers.GivenNames), column(matchers.BirthDate))
	if err != nil {
		return err
	}
	if t.has(column(matchers.NIR)) && b.Manifest.NIRBasis == "" {
		return refuse("nir-without-basis", personsName, "state nir_basis in the manifest, or leave the column out")
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	p := &pipeline{b: b, t: t, jobs: make(chan *batch, 8), order: make(chan *batch, 16)}
	err = p.run(ctx, records)
	stop()
	p.wait.Wait() // nothing reads the file or the shelf after this
	for _, w := range p.workers {
		b.votes.add(w.row.dates)
		b.looks.add(&w.looks)
	}
	return err
}

// pipeline is one reader, some workers and one writer.
type pipeline struct {
	b       *builder
	t       *table
	jobs    chan *batch // to the workers
	order   chan *batch // to the writer
	pool    sync.Pool
	wait    sync.WaitGroup
	workers []*worker
}

func (p *pipeline) run(ctx context.Context, records io.Writer) error {
	for range max(2, runtime.GOMAXPROCS(0)) {
		w, err := newWorker(p)
		if err != nil {
			close(p.jobs)
			return err
		}
		p.workers = append(p.workers, w)
		p.wait.Go(w.run)
	}
	p.wait.Go(func() { p.read(ctx) })
	for batch := range p.order {
		select {
		case <-batch.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := p.b.write(batch, records); err != nil {
			return err
		}
		p.pool.Put(batch)
	}
	return ctx.Err()
}

// read cuts the file into batches.
func (p *pipeline) read(ctx context.Context) {
	defer close(p.order)
	defer close(p.jobs)
	var votes dateVotes
	for number := 0; ctx.Err() == nil; number++ {
		b := p.batch(number)
		p.fill(b, &votes)
		b.styles = votes.styles
		if errors.Is(b.err, io.EOF) && len(b.rows) == 0 {
			return
		}
		last := b.err != nil
		for _, c := range []chan *batch{p.order, p.jobs} {
			select {
			case c <- b:
			case <-ctx.Done():
				return
			}
		}
		if last {
			return
		}
	}
}

func (p *pipeline) batch(number int) *batch {
	b, ok := p.pool.Get().(*batch)
	if !ok {
		b = &batch{}
	}
	*b = batch{number: number, fields: b.fields[:0], rows: b.rows[:0], records: b.records[:0], boxes: b.boxes[:0], done: make(chan struct{})}
	return b
}

// fill reads the rows of a batch, and settles how the columns of dates are
// written by the first value of each.
func (p *pipeline) fill(b *batch, votes *dateVotes) {
	for len(b.rows) < batchRows && b.err == nil {
		var r batchRow
		before := len(b.fields)
		b.fields, r.line, r.code, b.err = p.t.src.next(b.fields)
		if b.err != nil {
			return
		}
		b.rows = append(b.rows, r)
		if r.code == "" {
			votes.look(p.t.cols, b.fields[before:])
		}
	}
}

// worker turns rows into records and sealed boxes.
type worker struct {
	p       *pipeline
	row     row
	digests *digests
	looks   profiler
	plain   []byte
	record  []byte
}

func newWorker(p *pipeline) (*worker, error) {
	d, err := newDigests(p.b.Keys, p.b.cur.Name)
	return &worker{p: p, digests: d, row: row{now: p.b.Now, dates: &dateVotes{order: p.b.Manifest.Dates}}}, err
}

func (w *worker) run() {
	for b := range w.p.jobs {
		w.row.dates.styles = b.styles
		width, fields := len(w.p.t.cols), b.fields
		for i := range b.rows {
			r := &b.rows[i]
			if r.code == "" {
				err := w.person(b, r, fields[:width])
				fields = fields[width:]
				if err != nil {
					b.rows, b.err = b.rows[:i], err
					break
				}
			}
			r.record, r.box = len(b.records), len(b.boxes)
		}
		close(b.done)
	}
}

// person seals one row; r.code says why it is refused.
func (w *worker) person(b *batch, r *batchRow, fields []string) error {
	code, err := w.p.t.fill(&w.row, fields, r.line)
	if err != nil {
		return err
	}
	w.row.code = code
	if code == "" {
		s := w.row.person(&w.p.b.Manifest)
		r.deceased = s.Deceased
	}
	if r.code = w.row.code; r.code != "" {
		return nil
	}
	if b.number < profiledBatches || b.number%profiledBatches == 0 {
		w.looks.look(&w.row.cells, w.p.t.cols)
	}
	id := w.row.cells[colID]
	r.digest = w.digests.id(id)
	relations, n, err := w.p.b.shelf.take(r.digest, id)
	if err != nil {
		return err
	}
	plain := w.row.append(append(w.plain[:0], boxForm))
	plain = append(binary.AppendUvarint(plain, n), relations...)
	r.content = w.digests.row(plain)
	if w.plain = padded(plain); len(w.plain)+tagSize > maxBox {
		r.code = "too-many-relations"
		return nil
	}
	b.boxes = w.p.b.vault.sealBox(b.boxes, r.digest, w.plain)
	b.records = appendRecord(b.records, &w.row.cells, &w.record)
	return nil
}

// write takes the rows of a batch that are people not seen before.
func (b *builder) write(batch *batch, records io.Writer) error {
	var record, box int // what is before them was written, or is refused
	rows := batch.rows
	flush := func(upToRecord, upToBox int) error {
		if _, err := records.Write(batch.records[record:upToRecord]); err != nil {
			return err
		}
		n, err := b.boxes.Write(batch.boxes[box:upToBox])
		b.offset += int64(n)
		return err
	}
	beforeRecord, beforeBox := 0, 0
	for i := range rows {
		r := &rows[i]
		b.rows++
		if r.code == "" && !b.seen.add(r.digest) {
			r.code = "duplicate-id"
			if err := flush(beforeRecord, beforeBox); err != nil {
				return err
			}
			record, box = r.record, r.box
		}
		if r.code != "" {
			b.refused.add(personsName, r.line, r.code)
		} else {
			b.persons++
			if err := b.file(r, placeOf(b.offset+int64(beforeBox-box), r.box-beforeBox)); err != nil {
				return err
			}
		}
		beforeRecord, beforeBox = r.record, r.box
	}
	if err := flush(beforeRecord, beforeBox); err != nil {
		return err
	}
	if errors.Is(batch.err, io.EOF) {
		return nil
	}
	return batch.err
}

// file enters a person, whose box lies there, in the index to be.
func (b *builder) file(r *batchRow, place uint64) error {
	i := item{hi: r.digest.hi(), lo: r.digest.lo(), at: place, content: r.content}
	if r.deceased {
		i.flags = flagDeceased
	}
	return b.sorter.add(i)
}
