package linkage

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"runtime"
	"sync"

	"vigie/internal/breach"
)

// Panel is several registries compared with one stream of rows in one pass.
// What a row needs of all of them is done once: its canonical texts, its names,
// its keys, and one look-up of each key in a table of everybody's postings. Only
// a registry that has somebody worth a comparison then compares, with its own
// model and its own counts of names. Every registry answers bit for bit as a
// Matcher of its own would.
//
// Memory is about 8 bytes a posting and 24 a person, some 130 bytes a person in
// all, on top of the pages of the indexes. Registries of more than largeMember
// people stay out of the table and are asked on their own, in the same pass.
type Panel struct {
	members  []Member
	largest  int      // people of a member in the tables
	base     []uint32 // the first number of each member's people, then the end
	home     []uint16 // by number >> homeBits: whose it is
	tables   []*table // one for each width to which members cut their keys
	profiles []profile
	readers  readers
}

// Member is a registry of a panel. Its name is told with its errors.
type Member struct {
	Registry breach.RegistryID
	Index    *Index
	NIR      bool   // as in Options, for this member
	Base     *Model // as in Options, for this member
}

const (
	// MaxMembers is how many registries one panel compares with.
	MaxMembers = 1 << 16
	// largeMember is how many people keep a registry out of the table.
	largeMember = 2_000_000
	// homeBits aligns the numbers of a member, so that whose a number is takes
	// one look.
	homeBits = 10
)

// NewPanel opens registries side by side. It reads every index once. Too many
// registries, or people, are breach.ErrInvalid.
func NewPanel(ctx context.Context, members []Member) (*Panel, error) {
	return newPanel(ctx, members, largeMember)
}

func newPanel(ctx context.Context, members []Member, largest int) (*Panel, error) {
	if len(members) > MaxMembers {
		return nil, fmt.Errorf("comparing with %d registries at once, at most %d: %w", len(members), MaxMembers, breach.ErrInvalid)
	}
	for r := range members {
		if b := members[r].Index.blocks.Bits; b < shardBits {
			return nil, damaged("keys of %d bits", b)
		}
	}
	p := &Panel{members: members, largest: largest}
	if err := p.number(); err != nil {
		return nil, err
	}
	p.readNIRs()
	p.profiles = make([]profile, p.base[len(members)])
	if err := parallel(ctx, len(members), func(r int) error { return p.describe(r) }); err != nil {
		return nil, err
	}
	for r := range members {
		if b := members[r].Index.blocks.Bits; !p.large(r) && p.table(b) == nil {
			t := newTable(p, b)
			if err := t.fill(ctx, p); err != nil {
				return nil, err
			}
			p.tables = append(p.tables, t)
		}
	}
	return p, nil
}

// large tells a member that is asked on its own.
func (p *Panel) large(r int) bool { return p.members[r].Index.people() > p.largest }

func (p *Panel) table(bits int) *table {
	for _, t := range p.tables {
		if t.bits == bits {
			return t
		}
	}
	return nil
}

// number gives everybody, and every entry of a lexicon, a number in the panel:
// a person and a surname of one member may have the same.
func (p *Panel) number() error {
	next := uint64(0)
	p.base = make([]uint32, 0, len(p.members)+1)
	for r := range p.members {
		p.base = append(p.base, uint32(next))
		if p.large(r) {
			continue
		}
		span := p.members[r].Index.span()
		for range (span + 1<<homeBits - 1) >> homeBits {
			p.home = append(p.home, uint16(r))
		}
		if next = uint64(len(p.home)) << homeBits; next > 1<<32-1 {
			return fmt.Errorf("comparing with more people at once than can be numbered: %w", breach.ErrInvalid)
		}
	}
	p.base = append(p.base, uint32(next))
	return nil
}

// span is one more than the largest value of a posting.
func (ix *Index) span() uint64 {
	return uint64(max(ix.people(), len(ix.surnames.slots), len(ix.givens.slots))) + 1
}

// member tells whose a number is.
func (p *Panel) member(id uint32) int { return int(p.home[id>>homeBits]) }

// idBits is how many bits a number takes.
func (p *Panel) idBits() int { return max(bits.Len32(p.base[len(p.members)]), 1) }

// named adds the registry's name to an error.
func (p *Panel) named(r int, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("registry %s: %w", p.members[r].Registry, err)
}

// options are those for member r.
func (p *Panel) options(r int, opt Options) Options {
	opt.NIR, opt.Base = p.members[r].NIR, p.members[r].Base
	return opt
}

// parallel calls f for 0 to n-1 from several goroutines and returns the error of
// the lowest that failed.
func parallel(ctx context.Context, n int, f func(i int) error) error {
	errs := make([]error, n)
	todo := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range todo {
				errs[i] = f(i)
			}
		})
	}
	for i := range n {
		if ctx.Err() != nil {
			break
		}
		todo <- i
	}
	close(todo)
	wg.Wait()
	return first(append(errs, ctx.Err())...)
}
