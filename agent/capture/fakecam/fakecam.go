// Package fakecam stands in for rpicam-vid in tests: it replays what the real
// program wrote, at pace, and can fail in every way cameras are known to fail.
// A test binary becomes it when it is started under the name rpicam-vid, so
// tests put a link to themselves on the PATH (see [Install]).
package fakecam

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

//go:embed recorded
var recorded embed.FS

// Names of the variables that steer the stand-in.
const (
	CamerasEnv = "FAKECAM_CAMERAS" // how many cameras there are: 0, 1 or 2 (default 1)
	FaultEnv   = "FAKECAM_FAULT"   // a file with one fault, read at each start; see Fault
	FollowEnv  = "FAKECAM_FOLLOW"  // not empty: the file with the fault is read before each frame too
	LogEnv     = "FAKECAM_LOG"     // a file that gets a line per start: pid and arguments
	SaysEnv    = "FAKECAM_SAYS"    // a file with what each start and list says first on stderr
	FirstEnv   = "FAKECAM_FIRST"   // a file that gets the moment of each start's first frame, in Unix nanoseconds
)

// Fault is what goes wrong, written to the file that FAKECAM_FAULT names. Some
// take a number of good frames before they strike: "stall 5".
type Fault string

// The faults.
const (
	None         Fault = ""
	Busy         Fault = "busy"          // another program has the camera
	NoCamera     Fault = "nocam"         // the sensor is not detected
	Stall        Fault = "stall"         // no frame any more, the process lives
	Silent       Fault = "silent"        // not even the first frame
	Crash        Fault = "crash"         // SIGABRT
	Exit         Fault = "exit"          // ends as if told to
	IgnoreSIGINT Fault = "ignore-sigint" // has to be killed
	Garbage      Fault = "garbage"       // random bytes instead of frames
	Half         Fault = "half"          // every second frame is cut
	Huge         Fault = "huge"          // a 50 MB "frame"
	Flood        Fault = "flood"         // stderr without end
	Firmware     Fault = "firmware"      // reports an upload for a while first
	Grandchild   Fault = "grandchild"    // leaves a process that holds stdout
	NoTables     Fault = "no-tables"     // frames without Huffman tables
	Daemon       Fault = "daemon"        // the same, in a process group of its own
	ListHangs    Fault = "list-hangs"    // --list-cameras does not end, nor at SIGINT
	ListFails    Fault = "list-fails"    // --list-cameras ends with an error
	ListDaemon   Fault = "list-daemon"   // --list-cameras leaves a process that holds stdout
	ListSlow     Fault = "list-slow"     // --list-cameras takes as long as on a Pi
	Refuses      Fault = "refuses"       // no start, for what SaysEnv says
)

// ProgramName is the name under which a test binary becomes the stand-in.
const ProgramName = "rpicam-vid"

// MaybeRun becomes the stand-in when this process was started as one; it is
// the first thing TestMain calls.
func MaybeRun() {
	switch filepath.Base(os.Args[0]) {
	case ProgramName:
		os.Exit(run(os.Args[1:]))
	case FFmpegName:
		os.Exit(runFFmpeg(os.Args[1:]))
	}
}

// Install puts a link called rpicam-vid to this test binary into dir.
func Install(dir string) (path string, err error) { return install(dir, ProgramName) }

func install(dir, name string) (path string, err error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, name)
	return path, os.Symlink(self, path)
}

// Frames returns the recorded frames as one stream.
func Frames() []byte { return file("s640_frames10.mjpeg") }

func file(name string) []byte {
	data, err := recorded.ReadFile("recorded/" + name)
	if err != nil {
		panic(err)
	}
	return data
}

// flags that the real program knows and PiGrid may use; true takes a value.
var options = map[string]bool{
	"-t": true, "--codec": true, "-n": false, "--flush": false, "--camera": true, "--width": true, "--height": true,
	"--framerate": true, "-q": true, "--mode": true, "-o": true, "--list-cameras": false,
	"--shutter": true, "--post-process-file": true,
}

// parse reads arguments as strictly as the real program does.
func parse(args []string) (map[string]string, error) {
	got := map[string]string{}
	for i := 0; i < len(args); i++ {
		name := args[i]
		takesValue, known := options[name]
		if !known {
			return nil, fmt.Errorf("unrecognised option '%s'", name)
		}
		if _, twice := got[name]; twice {
			return nil, fmt.Errorf("option '%s' cannot be specified more than once", name)
		}
		got[name] = ""
		if takesValue {
			if i++; i == len(args) {
				return nil, fmt.Errorf("the required argument for option '%s' is missing", name)
			}
			got[name] = args[i]
		}
	}
	return got, nil
}

func run(args []string) int {
	logStart(args)
	opts, err := parse(args)
	if err != nil {
		return refuse(err.Error())
	}
	if says, err := os.ReadFile(os.Getenv(SaysEnv)); err == nil {
		_, _ = os.Stderr.Write(says)
	}
	fault, after := readFault()
	if _, asked := opts["--list-cameras"]; asked {
		return listCameras(fault)
	}
	index, _ := strconv.Atoi(opts["--camera"])
	if n := len(sensors()); n == 0 || index >= n {
		return notThere(n)
	}
	unlock, free := lockDevice(index)
	if fault == Busy || !free {
		_, _ = os.Stderr.WriteString(registered() + string(file("busy.stderr")))
		return 255
	}
	defer unlock()
	if fault == Refuses {
		return 255
	}
	if tooSmall(opts) {
		_, _ = os.Stderr.WriteString(started(opts))
		return refuse("Low res image larger than video")
	}
	_, _ = os.Stderr.WriteString(start(opts))
	fps, err := strconv.ParseFloat(opts["--framerate"], 64)
	if err != nil || fps <= 0 {
		fps = 30
	}
	return stream(fps, fault, after)
}

// cameras is how many cameras there are, "0" to "2".
func cameras() string {
	fault, _ := readFault()
	n := os.Getenv(CamerasEnv)
	switch {
	case fault == NoCamera:
		return "0"
	case n == "":
		return "1"
	}
	return n
}

// notThere refuses a start of a camera that is not one of n.
func notThere(n int) int {
	if n > 0 {
		return refuse("selected camera is not available")
	}
	_, _ = os.Stderr.Write(file("nocam_vid.stderr"))
	return 255
}

func listCameras(fault Fault) int {
	switch fault {
	case ListHangs:
		signal.Ignore(os.Interrupt)
		time.Sleep(5 * time.Minute)
	case ListFails:
		return refuse("the list is broken")
	case ListDaemon:
		leave(true)
	}
	list(fault)
	return 0
}

func refuse(why string) int {
	fmt.Fprintf(os.Stderr, "ERROR: *** %s ***\n", why)
	return 255
}

func logStart(args []string) { note(os.Getpid(), args...) }

// note writes a line to the file that LogEnv names.
func note(pid int, words ...string) {
	f, err := os.OpenFile(os.Getenv(LogEnv), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	fmt.Fprintln(f, pid, strings.Join(words, " "))
}

func readFault() (f Fault, after int) {
	data, _ := os.ReadFile(os.Getenv(FaultEnv))
	name, count, _ := strings.Cut(strings.TrimSpace(string(data)), " ")
	after, _ = strconv.Atoi(count)
	return Fault(name), after
}

// stream writes frames at pace until SIGINT, as rpicam-vid does with --flush:
// in two or three writes each.
func stream(fps float64, fault Fault, after int) int {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	if fault == IgnoreSIGINT {
		signal.Ignore(os.Interrupt)
	}
	frames := split(Frames())
	follow := os.Getenv(FollowEnv) != ""
	noteFirst()
	tick := time.NewTicker(time.Duration(float64(time.Second) / fps))
	defer tick.Stop()
	for n := 0; ; n++ {
		if follow {
			if name, good := readFault(); name != fault || good != after {
				fault, after, n = name, good, 0
			}
		}
		if fault != None && n >= after {
			if code, ends := strike(fault, frames[n%len(frames)], n-after, stop); ends {
				return code
			}
		} else if writeFrame(frames[n%len(frames)]) != nil {
			return 134
		}
		select {
		case <-stop:
			fmt.Fprintln(os.Stderr, "Received signal 2")
			return 0
		case <-tick.C:
		}
	}
}

// noteFirst writes down when the first frame is about to be written.
func noteFirst() {
	if path := os.Getenv(FirstEnv); path != "" {
		_ = os.WriteFile(path, strconv.AppendInt(nil, time.Now().UnixNano(), 10), 0o600)
	}
}

func writeFrame(f []byte) error {
	for _, piece := range [][]byte{f[:len(f)/3], f[len(f)/3 : len(f)-2], f[len(f)-2:]} {
		if _, err := os.Stdout.Write(piece); err != nil {
			return err
		}
	}
	return nil
}

// strike does what the fault does in place of the n-th frame since it struck.
func strike(fault Fault, frame []byte, n int, stop <-chan os.Signal) (code int, ends bool) {
	switch fault {
	case Stall, Silent:
		<-stop
		return 0, true
	case Crash:
		signal.Reset()
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // SIGABRT would print every goroutine
		select {}
	case Exit:
		return 0, true
	case Garbage:
		_, _ = os.Stdout.Write(bytes.Repeat([]byte{0xFF, 0xD8, 0x00, 0x42}, 4096))
	case Half:
		if n%2 == 0 {
			_, _ = os.Stdout.Write(frame[:len(frame)/2])
			return 0, false
		}
		_ = writeFrame(frame)
	case Huge:
		_, _ = os.Stdout.Write(frame[:len(frame)-2])
		_, _ = io.CopyN(os.Stdout, zeros{}, 50<<20)
		_ = writeFrame(frame)
	case Flood:
		for range 1000 {
			fmt.Fprintln(os.Stderr, strings.Repeat("noise ", 50))
		}
		_ = writeFrame(frame)
	case Firmware:
		for percent := 0; percent <= 100; percent += 10 {
			fmt.Fprintf(os.Stderr, "Network Firmware Upload: %d%% (%d/1624 KB)\r", percent, percent*16)
		}
		_ = writeFrame(frame)
	case NoTables:
		_ = writeFrame(WithoutTables(frame))
	case Grandchild, Daemon:
		leave(fault == Daemon)
		return 0, true
	default:
		_ = writeFrame(frame)
	}
	return 0, false
}

// leave leaves a process behind that holds stdout and stderr.
func leave(ownGroup bool) {
	pid, _ := syscall.ForkExec("/bin/sleep", []string{"sleep", "300"}, &syscall.ProcAttr{
		Files: []uintptr{0, 1, 2}, Sys: &syscall.SysProcAttr{Setsid: ownGroup},
	})
	note(pid, "grandchild")
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// split cuts the recorded stream at its SOI markers: rpicam-vid's JPEGs have no
// thumbnails.
func split(data []byte) [][]byte {
	var frames [][]byte
	soi := []byte{0xFF, 0xD8, 0xFF}
	for len(data) > 0 {
		next := bytes.Index(data[1:], soi)
		if next < 0 {
			return append(frames, data)
		}
		frames = append(frames, data[:next+1])
		data = data[next+1:]
	}
	return frames
}
