package process

import (
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"pigrid/agent/capture/capturetest"

	"golang.org/x/sys/unix"
)

// TestThePipeTakesALargeFrame: else a program waits several times per frame.
func TestThePipeTakesALargeFrame(t *testing.T) {
	p, err := startProcess([]string{"/bin/sleep", "300"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer p.stdout.Close()
	if size, err := unix.FcntlInt(p.stdout.(*os.File).Fd(), unix.F_GETPIPE_SZ, 0); err != nil || size < pipeSize {
		t.Errorf("the pipe takes %d bytes, error %v; want %d", size, err, pipeSize)
	}
	p.stop(time.Second)
}

// TestNoDescriptorIsLeft: neither by programs that end nor by those that cannot
// be started.
func TestNoDescriptorIsLeft(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // it closes forgotten files
	runs := func(path string) {
		src := &Program{
			Argv: func() ([]string, error) { return []string{path}, nil },
		}
		for range 20 {
			if err := src.Run(t.Context(), func([]byte, time.Time) {}, nil); err == nil {
				t.Fatal("ended without a reason")
			}
		}
	}
	runs("/bin/true") // the first start opens files of the runtime's
	before := capturetest.OpenFiles(t)
	runs("/bin/true")
	runs("/nonexistent/program")
	if after := capturetest.OpenFiles(t); after >= before+10 {
		t.Errorf("%d descriptors open, %d before", after, before)
	}
}

// TestChildrenOutliveTheirThreads: the kernel sends the death signal when the
// thread that started the child ends, so no such thread may. Others end here
// in masses, and everything competes for the processors.
func TestChildrenOutliveTheirThreads(t *testing.T) {
	churn := func(stop <-chan struct{}) {
		for {
			select {
			case <-stop:
				return
			default:
			}
			ended := make(chan struct{})
			go func() {
				runtime.LockOSThread() // without unlocking: the thread ends
				close(ended)
			}()
			<-ended
		}
	}
	stop := make(chan struct{})
	var busy sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		busy.Go(func() { churn(stop) })
	}
	var children []*process
	for range 40 {
		p, err := startProcess([]string{"/bin/sleep", "300"}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		children = append(children, p)
	}
	for _, p := range children {
		if p.endsWithin(10 * time.Millisecond) {
			t.Errorf("a child has ended with %v", p.err)
		}
	}
	close(stop)
	busy.Wait()
	for _, p := range children {
		p.stop(time.Second)
		_ = p.stdout.Close()
	}
}
