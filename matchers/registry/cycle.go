package registry

import "slices"

// findCycles marks the relations that lie on a cycle, such as two people who
// are each other's parent: which row is wrong cannot be told, so none of them
// is believed. It is Tarjan's algorithm (SIAM J. Comput. 1, 1972) with a stack
// of its own, since a hostile file may hold a chain of a million people. A
// person is numbered by their first relation; holders who have none are on no
// cycle, and where all are such, as parents mostly are, nothing is to do.
func (s *shelf) findCycles(refused *Refusals) {
	if slices.ContainsFunc(s.to, s.known) {
		n := len(s.from)
		c := &components{shelf: s, order: make([]int32, n), low: make([]int32, n), of: make([]int32, n)}
		for first := 0; first < n; first = c.end(first) {
			if c.order[first] == 0 {
				c.visit(int32(first))
			}
		}
		c.mark()
		s.refuse(refused, "cycle", func(state uint32) bool { return state&cyclic != 0 })
	}
	s.to = nil
}

func (s *shelf) known(hi uint64) bool {
	begin, end := s.of(hi)
	return begin < end
}

// components are the strongly connected components of people.
type components struct {
	*shelf
	order, low []int32 // from 1; 0 is unvisited
	of         []int32 // component of a person, from 1; 0 while on the stack
	clock, n   int32
	stack      []int32
}

// end is where the next person's relations begin.
func (c *components) end(first int) int {
	end := first + 1
	for end < len(c.from) && c.from[end] == c.from[first] {
		end++
	}
	return end
}

// holder numbers the holder of a relation, -1 if nobody is known of theirs.
func (c *components) holder(edge int) int32 {
	begin, end := c.shelf.of(c.to[edge])
	if begin == end {
		return -1
	}
	return int32(begin)
}

// mark finds the relations whose two ends are in one component.
func (c *components) mark() {
	for first := 0; first < len(c.from); {
		end := c.end(first)
		for edge := first; edge < end; edge++ {
			if to := c.holder(edge); to >= 0 && c.of[to] == c.of[first] {
				c.state[edge].Or(cyclic)
			}
		}
		first = end
	}
}

type frame struct {
	node int32
	next int // relation to look at next
}

func (c *components) enter(n int32) frame {
	c.clock++
	c.order[n], c.low[n] = c.clock, c.clock
	c.stack = append(c.stack, n)
	return frame{node: n, next: int(n)}
}

func (c *components) visit(root int32) {
	path := []frame{c.enter(root)}
	for len(path) > 0 {
		f := &path[len(path)-1]
		if f.next < len(c.from) && c.from[f.next] == c.from[f.node] {
			to := c.holder(f.next)
			f.next++
			switch {
			case to < 0:
			case c.order[to] == 0:
				path = append(path, c.enter(to))
			case c.of[to] == 0:
				c.low[f.node] = min(c.low[f.node], c.order[to])
			}
			continue
		}
		node := f.node
		path = path[:len(path)-1]
		if len(path) > 0 {
			up := path[len(path)-1].node
			c.low[up] = min(c.low[up], c.low[node])
		}
		if c.low[node] == c.order[node] {
			c.close(node)
		}
	}
}

// close takes a finished component off the stack.
func (c *components) close(root int32) {
	c.n++
	for {
		n := c.stack[len(c.stack)-1]
		c.stack = c.stack[:len(c.stack)-1]
		c.of[n] = c.n
		if n == root {
			return
		}
	}
}
