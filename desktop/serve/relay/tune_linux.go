package relay

import (
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// notSent keeps frames from queueing in the socket: a slow viewer skips frames here, and
// sees a picture half a second old, not six. In bytes.
const notSent = 16 << 10

// vanish is when a client that answers nothing is given up.
const vanish = 10 * time.Second

// tune makes a connection fit for live pictures. Without these options it works as well,
// only later.
func tune(conn net.Conn) {
	tcp, ok := conn.(interface {
		SetKeepAliveConfig(net.KeepAliveConfig) error
		SyscallConn() (syscall.RawConn, error)
	})
	if !ok {
		return
	}
	_ = tcp.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 5 * time.Second, Count: 2})
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, notSent)
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(vanish.Milliseconds()))
	})
}
