package activity

import (
	"cmp"
	"context"
	"hash/maphash"
	"maps"
	"slices"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify"
	"vigie/notify/recipient"
	"vigie/workflows"
)

// mostTogether is how many children one letter names at most.
const mostTogether = 8

// child is a minor whose rows wait for those of brothers and sisters.
type child struct {
	subject  breach.Subject
	decision recipient.Decision
	rows     []breach.Message
}

// kinship is the same for children whom a guardian may be told of in one
// letter; 0 alone. It is a digest of this process and is not kept.
func kinship(s breach.Subject, d recipient.Decision) uint64 {
	for _, r := range d.Recipients {
		if same := recipient.Together(s, d, r); same != "" {
			return maphash.String(readersSeed, same) | 1
		}
	}
	return 0
}

// wait keeps a child back until its brothers and sisters have come, so that
// their rows stand side by side and one letter can tell them all.
func (p *planner) wait(part *part, c child) bool {
	k := kinship(c.subject, c.decision)
	if k == 0 || p.kin[k] < 2 {
		return false
	}
	p.waiting[k] = append(p.waiting[k], c)
	if n := len(p.waiting[k]); n == mostTogether || n == p.kin[k] {
		p.kin[k] -= n
		p.family(part, p.waiting[k])
		delete(p.waiting, k)
	}
	return true
}

// rest writes the children whose brothers or sisters never came: a protection
// of another registry, or a shared mailbox, has parted them.
func (p *planner) rest(ctx context.Context) error {
	left := slices.SortedFunc(maps.Values(p.waiting), func(a, b []child) int {
		return cmp.Or(cmp.Compare(a[0].subject.Registry, b[0].subject.Registry), cmp.Compare(a[0].subject.Person, b[0].subject.Person))
	})
	for _, list := range left {
		p.family(p.parts[list[0].subject.Controller], list)
	}
	clear(p.waiting)
	return p.flush(ctx)
}

// family writes the rows of brothers and sisters, and joins those of the same
// guardian that one letter may tell.
func (p *planner) family(part *part, list []child) {
	var rows []breach.Message
	same, many := map[breach.MessageID]string{}, map[breach.MessageID]shape{}
	for _, c := range list {
		for _, m := range c.rows {
			if m.Channel != breach.ChannelLetter || m.State != breach.MessagePlanned {
				continue
			}
			i := slices.IndexFunc(c.decision.Recipients, func(r notify.Recipient) bool { return r.Key == m.Recipient && r.Role == m.Role })
			r := c.decision.Recipients[i]
			same[m.ID] = recipient.Together(c.subject, c.decision, r)
			r.Others = []string{""}
			many[m.ID] = shapeOf(r, m.Channel, part.facts.Texts)
		}
		rows = append(rows, c.rows...)
	}
	const first = 1 // a first plan begins there
	for i := range rows {
		for j := range rows[:i] {
			if s := same[rows[i].ID]; s != "" && s == same[rows[j].ID] && rows[i].AddressKey == rows[j].AddressKey &&
				(rows[j].Joined == "" || rows[j].Joined == rows[j].ID) && // the first of them
				workflows.SameBatch(first, part.seq+1+int64(j), part.seq+1+int64(i)) {
				rows[j].Joined, rows[i].Joined = rows[j].ID, rows[j].ID
				part.shapes[many[rows[i].ID]] = true
				break
			}
		}
	}
	for _, m := range rows {
		part.add(m)
	}
}

// together hands over one letter about the children whom the plan has joined,
// as far as every one of them still may be told, and together. Whoever may not
// is held, or told about alone.
func (b *batch) together(ctx context.Context, m breach.Message, rows []breach.Message) error {
	if b.families[m.Joined] {
		return nil
	}
	if b.families == nil {
		b.families = map[breach.MessageID]bool{}
	}
	b.families[m.Joined] = true
	var list []checked
	for _, x := range rows {
		if x.Joined != m.Joined || x.Channel != b.in.Channel || x.Seq < b.in.From || x.Seq > b.in.To {
			continue
		}
		ready, err := b.ready(ctx, x, rows)
		if err != nil {
			return err
		}
		if !ready {
			continue
		}
		c, err := b.check(ctx, x, rows)
		if err != nil {
			return err
		}
		if c.ok {
			list = append(list, c)
		}
	}
	for len(list) > 0 {
		head, left := list[0], list[:0:0]
		names := []string{head.to.About}
		for _, c := range list[1:] {
			if head.same == "" || c.same != head.same || c.row.State != head.row.State || c.row.Provider != head.row.Provider ||
				c.row.AddressKey != head.row.AddressKey || slices.Contains(names, c.to.About) {
				left = append(left, c)
				continue
			}
			names = append(names, c.to.About)
			head.with = append(head.with, c.row)
		}
		head.to.Others = names[1:]
		if err := b.compose(ctx, head); err != nil {
			return err
		}
		list = left
	}
	return nil
}

// join names the letter that tells each of these rows, before it is handed
// over: a crash in between finds out whose letter to ask about.
func (b *batch) join(ctx context.Context, head *checked) error {
	var want breach.MessageID
	if len(head.with) > 0 {
		want = head.row.ID
	}
	var ids []breach.MessageID
	for _, m := range append([]*breach.Message{&head.row}, pointers(head.with)...) {
		if m.Joined != want {
			m.Joined = want
			ids = append(ids, m.ID)
		}
	}
	return b.steps.Store.Join(ctx, ids, want)
}

func pointers(list []breach.Message) (out []*breach.Message) {
	for i := range list {
		out = append(out, &list[i])
	}
	return out
}

// rows are the ledger rows that one hand-over settles.
func (d due) rows() []breach.MessageID {
	ids := []breach.MessageID{d.row.ID}
	for _, m := range d.with {
		ids = append(ids, m.ID)
	}
	return ids
}

// spread gives what became of a letter to each row that it tells.
func spread(sets []store.Settlement, joined map[breach.MessageID][]breach.MessageID) (out []store.Settlement) {
	for _, set := range sets {
		rows := joined[set.ID]
		if len(rows) == 0 {
			rows = []breach.MessageID{set.ID}
		}
		for _, id := range rows {
			set.ID = id
			out = append(out, set)
		}
	}
	return out
}
