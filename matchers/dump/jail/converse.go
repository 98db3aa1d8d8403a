package jail

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"
)

// errUnfit ends a run whose child said that it cannot be confined.
var errUnfit = errors.New("not confined")

// ready waits for the child to say that it is confined.
func (p *process) ready() error {
	if err := p.out.SetReadDeadline(time.Now().Add(max(startTime, p.stall))); err != nil {
		return err
	}
	f, err := p.frames.next()
	switch {
	case err != nil:
		return err
	case f.typ == frameUnfit:
		p.obstacle = obstacle(f.kind)
		return errUnfit
	case f.typ != frameReady:
		return errGarbled
	}
	p.isReady = true
	return nil
}

// converse hands over the job, then serves reads and forwards answers until
// the child is done. Only the child's time counts towards a stall, not the
// time of src and each.
func (p *process) converse(ctx context.Context, job []byte, src Source, each func(byte, []byte) error) error {
	if err := p.ready(); err != nil {
		return err
	}
	if err := p.write(binary.LittleEndian.AppendUint32(nil, uint32(len(job))), job); err != nil {
		return err
	}
	size, block := src.Size(), []byte(nil)
	for ctx.Err() == nil { // frames of a killed child may still be in the pipe
		if err := p.out.SetReadDeadline(time.Now().Add(p.stall)); err != nil {
			return err
		}
		f, err := p.frames.next()
		if err != nil {
			return err
		}
		switch f.typ {
		case frameAnswer:
			if err := each(f.kind, f.body); err != nil {
				return ours{err}
			}
		case frameRead:
			if block == nil {
				block = make([]byte, requestSize+blockSize)
			}
			if err := p.serve(f, src, size, block); err != nil {
				return err
			}
		case frameTick:
		case frameDone:
			return nil
		case frameErr:
			return parseTold(f.body)
		case framePanic:
			return parsePanic(f.body, p.same)
		default:
			return errGarbled
		}
	}
	return context.Cause(ctx)
}

// serve answers one request: the request again, then the bytes.
func (p *process) serve(f frame, src Source, size int64, block []byte) error {
	off, n, err := f.request(size)
	if err != nil {
		return err
	}
	if p.left {
		return nil
	}
	copy(block, f.body)
	got, err := src.ReadAt(block[requestSize:requestSize+n], off)
	if got < n {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return ours{fmt.Errorf("reading the source at %d: %w", off, err)}
	}
	return p.write(block[:requestSize+n])
}

// write sends parts to the child, which must take them within the stall time.
// A child that has left without taking what it asked for may be done all the
// same: its frames tell.
func (p *process) write(parts ...[]byte) error {
	if err := p.in.SetWriteDeadline(time.Now().Add(p.stall)); err != nil {
		return err
	}
	for _, b := range parts {
		if _, err := p.in.Write(b); errors.Is(err, syscall.EPIPE) {
			p.left = true
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}
