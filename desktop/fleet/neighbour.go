//go:build linux

package main

import (
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// neighbour is a hostile machine on the network of good agents. Each of its
// agents attacks every program that searches for agents, and changes its attack at
// random every few seconds. All of them are announced by mDNS, with hundreds that do not exist.
//
// What it sends goes through a link of one gigabit, as on a real network: this
// machine alone would carry far more, which no neighbour can send.
type neighbour struct {
	good      []string // host:port of the agents beside it
	elsewhere string   // IP address of a router on another network, "" for none
	link      *link

	liars   []*liar
	copiers []*copier
	doors   []*door

	mu     sync.Mutex
	counts map[string]int
}

// gigabit is how many bytes a second the neighbour can send.
const gigabit = 125_000_000

func newNeighbour(good []string, elsewhere string) *neighbour {
	return &neighbour{good: good, elsewhere: elsewhere, link: &link{rate: gigabit}, counts: map[string]int{}}
}

// corrupt gives every agent its part: of sixteen one is a camera whose login
// changes, three copy good agents, and the others are agents of their own.
func (n *neighbour) corrupt(list []*agent) {
	for i, a := range list {
		a.link = n.link
		switch i % 16 {
		case 15:
			d := &door{agent: a, n: n}
			n.doors, a.lie = append(n.doors, d), d.answer
		case 5, 9, 13:
			c := &copier{agent: a, n: n}
			n.copiers, a.lie = append(n.copiers, c), c.answer
		default:
			l := newLiar(a, n)
			n.liars, a.lie = append(n.liars, l), l.answer
		}
	}
}

// run attacks until ctx ends; a nil neighbour attacks nobody.
func (n *neighbour) run(ctx context.Context) error {
	if n == nil {
		<-ctx.Done()
		return nil
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, l := range n.liars {
		wg.Go(func() { every(ctx, 5*time.Second, 20*time.Second, l.turn) })
	}
	for _, c := range n.copiers {
		wg.Go(func() { every(ctx, 5*time.Second, 10*time.Second, func() { c.turn(ctx) }) })
	}
	if n.elsewhere != "" {
		stop, err := n.route()
		if err != nil {
			return err
		}
		defer stop()
	}
	return n.announce(ctx)
}

// every calls do, and again after a random while, until ctx ends.
func every(ctx context.Context, least, most time.Duration, do func()) {
	for ctx.Err() == nil {
		do()
		select {
		case <-time.After(least + rand.N(most-least)):
		case <-ctx.Done():
		}
	}
}

// count notes that something happened.
func (n *neighbour) count(what string) { n.add(what, 1) }

func (n *neighbour) add(what string, more int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.counts[what] += more
}

// most keeps the largest of the numbers of this name.
func (n *neighbour) most(what string, value int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.counts[what] = max(n.counts[what], value)
}

// one picks an element at random.
func one[T any](list []T) T { return list[rand.IntN(len(list))] }

// link is what a machine sends through: no more than its rate.
type link struct {
	rate int // bytes a second

	mu   sync.Mutex
	free time.Time // when all that was sent has left
}

// piece is what waits for its turn as a whole.
const piece = 64 << 10

// write sends b by pieces; with a nil link it sends it as it is.
func (l *link) write(c net.Conn, b []byte) (sent int, err error) {
	if l == nil {
		return c.Write(b)
	}
	for err == nil && sent < len(b) {
		next := b[sent:min(len(b), sent+piece)]
		l.wait(len(next))
		var n int
		n, err = c.Write(next)
		sent += n
	}
	return sent, err
}

// wait returns when so many bytes have left.
func (l *link) wait(bytes int) {
	l.mu.Lock()
	now := time.Now()
	if l.free.Before(now) {
		l.free = now
	}
	l.free = l.free.Add(time.Duration(bytes) * time.Second / time.Duration(l.rate))
	until := l.free.Sub(now)
	l.mu.Unlock()
	time.Sleep(until)
}
