package web

import (
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// notSent keeps frames from queueing in the socket: a slow viewer skips
	// frames here and sees a picture half a second old, not six.
	notSent = 16 << 10 // bytes
	// vanish is when a client that answers nothing is given up (cable pulled): so
	// long after a write, or while nothing is written, after its last answer.
	vanish = 10 * time.Second
	// silence is the longest that a client may have answered nothing in all, when
	// a write comes late in the silence and would give it vanish again.
	silence = 14 * time.Second
	// rare is how long ago a write is after which that can happen.
	rare = silence - vanish
)

// link is a connection whose silence the system watches.
type link struct {
	raw     syscall.RawConn // nil where the system cannot
	wrote   time.Time
	reduced bool // what is left of the silence was set, less than vanish
}

// tune makes a connection fit for live pictures.
func tune(conn net.Conn) *link {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return &link{}
	}
	_ = tcp.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 5 * time.Second, Count: 2})
	raw, err := tcp.SyscallConn()
	if err != nil {
		return &link{}
	}
	// Without these options the stream works as well, only later.
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, notSent)
		giveUpAfter(fd, vanish)
	})
	return &link{raw: raw}
}

// writing is told before each write. A rare one may come when the client has
// been silent for a while, which counts.
func (l *link) writing(now time.Time) {
	pause := now.Sub(l.wrote)
	l.wrote = now
	if l.raw == nil || pause < rare && !l.reduced {
		return
	}
	_ = l.raw.Control(func(fd uintptr) {
		left := vanish
		if info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
			left = min(left, silence-time.Duration(info.Last_ack_recv)*time.Millisecond)
		}
		l.reduced = left < vanish
		giveUpAfter(fd, max(left, time.Second))
	})
}

// giveUpAfter is how long written bytes may stay unanswered (tcp(7)).
func giveUpAfter(fd uintptr, d time.Duration) {
	_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(d.Milliseconds()))
}
