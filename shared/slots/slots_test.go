package slots

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// TestSlots gives four slots to clients that are named by a letter each.
func TestSlots(t *testing.T) {
	addr := func(c rune) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 0, byte(c)}) }
	for _, tt := range []struct{ come, have string }{
		{"aaaa", "aaaa"},
		{"aaaaa", "aaaa"},   // its own address has most
		{"aaaab", "aaab"},   // the newest makes room
		{"aaaabb", "aabb"},  // until both have as many
		{"aaaabbb", "aabb"}, // and nobody takes it back
		{"aaaabba", "aabb"},
		{"abcd", "abcd"},
		{"abcde", "abcd"}, // nobody has more than the newcomer would
		{"abbcd", "abcd"}, // b's second
		{"abbccd", "abcd"},
		{"aabbc", "aabc"}, // of two that have as many, the newest
		{"bbaac", "bbac"},
	} {
		p := New(4)
		have := ""
		for n, c := range tt.come {
			me := fmt.Sprintf("%c%d,", c, n)
			if mine, _ := p.Take(addr(c), "", func() { have = strings.Replace(have, me, "", 1) }); mine != nil {
				have += me
			}
		}
		names := ""
		for one := range strings.SplitSeq(strings.TrimSuffix(have, ","), ",") {
			names += one[:1]
		}
		if names != tt.have || len(p.Taken()) != len(tt.have) {
			t.Errorf("%s come: %s have a slot (%d), want %s", tt.come, names, len(p.Taken()), tt.have)
		}
	}
}

func TestSlotsAreGivenBack(t *testing.T) {
	p := New(1)
	a, b := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	first, _ := p.Take(a, "", func() { t.Error("nobody may end it") })
	if other, _ := p.Take(b, "", nil); other != nil {
		t.Fatal("two have the only slot")
	}
	p.Leave(first)
	p.Leave(first) // as one that made room does
	if again, _ := p.Take(b, "", nil); again == nil {
		t.Error("the slot is not free")
	}
	p.most = 0
	if more, moved := p.Take(b, "", nil); more == nil || moved != nil {
		t.Error("there is a limit although there is none")
	}
}
