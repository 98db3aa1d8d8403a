package registry

// findCycles marks the relations that lie on a cycle, such as two people who
// are each other's parent: which row is wrong cannot be told, so none of them
// is believed. It is Tarjan's algorithm (SIAM J. Comput. 1, 1972) with a stack
// of its own, since a hostile file may hold a chain of a million people.
func (s *shelf) findCycles(refused *Refusals) {
	c := &components{shelf: s, order: make([]int32, len(s.nodes)), low: make([]int32, len(s.nodes)), of: make([]int32, len(s.nodes))}
	for n := range c.order {
		if c.order[n] == 0 {
			c.visit(int32(n))
		}
	}
	for i := range s.edges {
		e := &s.edges[i]
		if c.of[e.from] == c.of[e.to] {
			e.cyclic = true
			refused.add("relations.csv", e.line, "cycle")
		}
	}
}

// components are the strongly connected components of people and holders.
type components struct {
	*shelf
	order, low []int32 // from 1; 0 is unvisited
	of         []int32 // component of a node, from 1; 0 while on the stack
	clock, n   int32
	stack      []int32
}

type frame struct {
	node int32
	next int // edge to look at next
}

func (c *components) enter(n int32) frame {
	c.clock++
	c.order[n], c.low[n] = c.clock, c.clock
	c.stack = append(c.stack, n)
	return frame{node: n}
}

func (c *components) visit(root int32) {
	path := []frame{c.enter(root)}
	for len(path) > 0 {
		f := &path[len(path)-1]
		edges := c.byOf[f.node]
		if f.next < len(edges) {
			to := c.edges[edges[f.next]].to
			f.next++
			switch {
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
