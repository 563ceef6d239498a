//go:build !linux

package web

import (
	"net"
	"time"
)

// link would be a connection whose silence the system watches: the options for
// that are Linux's.
type link struct{}

// tune has the system ask clients that are silent whether they are still there.
func tune(conn net.Conn) *link {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true}) // else the stream ends later
	}
	return &link{}
}

func (*link) writing(time.Time) {}
