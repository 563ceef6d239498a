package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// The floor is what the kernel allows: one thread, epoll, one part per frame,
// one write per viewer and frame. It can do nothing else: it takes any request
// for one for the stream, and any FFD9 for the end of a picture.

const floorHead = "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n--frame\r\n"

// fanOut is the floor's state.
type fanOut struct {
	epoll   int
	viewers map[int]*floorViewer
	newest  []byte // the newest part
	buf     []byte // of the source, one frame at most
	n       int    // bytes in buf
}

type floorViewer struct {
	fd      int
	pending []byte // rest of the part that is being written
	last    *byte  // of which part that is
	asleep  bool   // waits for EPOLLOUT
}

func floor(args []string) error {
	runtime.GOMAXPROCS(1)
	runtime.LockOSThread()
	source, err := startReplay(args[0])
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	listener, err := ln.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	defer source.Close() // not before: what nobody holds any more is closed
	defer listener.Close()
	epoll, err := unix.EpollCreate1(0)
	if err != nil {
		return err
	}
	f := &fanOut{epoll: epoll, viewers: map[int]*floorViewer{}, buf: make([]byte, 1<<20)}
	stdin, door := int(source.(*os.File).Fd()), int(listener.Fd())
	for _, fd := range []int{stdin, door} {
		if err := errors.Join(unix.SetNonblock(fd, true), f.watch(unix.EPOLL_CTL_ADD, fd, unix.EPOLLIN)); err != nil {
			return err
		}
	}
	fmt.Printf("addr=%s\n", ln.Addr())
	return f.loop(stdin, door)
}

func (f *fanOut) watch(op, fd int, events uint32) error {
	return unix.EpollCtl(f.epoll, op, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)})
}

func (f *fanOut) loop(stdin, door int) error {
	var events [64]unix.EpollEvent
	for {
		n, err := unix.EpollWait(f.epoll, events[:], -1)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
		for _, e := range events[:max(n, 0)] {
			switch fd := int(e.Fd); {
			case fd == stdin:
				if err := f.ingest(stdin); err != nil {
					return err
				}
			case fd == door:
				f.accept(door)
			case f.viewers[fd] != nil:
				f.write(f.viewers[fd])
			}
		}
	}
}

// ingest reads what is there; a whole picture goes to all viewers.
func (f *fanOut) ingest(stdin int) error {
	got, err := unix.Read(stdin, f.buf[f.n:])
	if errors.Is(err, unix.EAGAIN) {
		return nil
	}
	if got <= 0 {
		return errors.Join(err, io.EOF)
	}
	from := max(0, f.n-1)
	f.n += got
	for { // as a rule there is one picture or none
		end := bytes.Index(f.buf[from:f.n], []byte{0xFF, 0xD9})
		if end < 0 {
			return nil
		}
		f.publish(from + end + 2)
		from = 0
	}
}

// publish sends the picture that ends at end to all viewers that are not busy.
func (f *fanOut) publish(end int) {
	f.newest = fmt.Appendf(make([]byte, 0, end+128), "Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n", end)
	f.newest = append(f.newest, f.buf[:end]...)
	f.newest = append(f.newest, "\r\n--frame\r\n"...)
	f.n = copy(f.buf, f.buf[end:f.n])
	for _, v := range f.viewers {
		if len(v.pending) == 0 {
			f.write(v)
		}
	}
}

func (f *fanOut) accept(door int) {
	fd, _, err := unix.Accept4(door, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	if err != nil {
		return
	}
	// As every server does, Go's included: a part's last bytes shall not wait.
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	head := []byte(floorHead)
	v := &floorViewer{fd: fd, pending: head, last: &head[0]}
	f.viewers[fd] = v
	if f.watch(unix.EPOLL_CTL_ADD, fd, unix.EPOLLRDHUP) == nil {
		f.write(v)
	}
}

// write sends what is pending, then the newest part unless v has had it.
func (f *fanOut) write(v *floorViewer) {
	for {
		if len(v.pending) == 0 {
			if f.newest == nil || v.last == &f.newest[0] {
				f.sleep(v, false)
				return
			}
			v.pending, v.last = f.newest, &f.newest[0]
		}
		n, err := unix.Write(v.fd, v.pending)
		switch {
		case errors.Is(err, unix.EAGAIN):
			f.sleep(v, true)
			return
		case err != nil:
			delete(f.viewers, v.fd)
			_ = unix.Close(v.fd)
			return
		}
		v.pending = v.pending[n:]
	}
}

func (f *fanOut) sleep(v *floorViewer, asleep bool) {
	if v.asleep == asleep {
		return
	}
	v.asleep = asleep
	events := uint32(unix.EPOLLRDHUP)
	if asleep {
		events |= unix.EPOLLOUT
	}
	_ = f.watch(unix.EPOLL_CTL_MOD, v.fd, events)
}
