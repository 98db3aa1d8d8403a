package linkage
import ("os";"runtime/pprof";"time";"syscall";"fmt")
var t0 = time.Now()
func tick(s string) { var r syscall.Rusage; _ = syscall.Getrusage(0,&r); fmt.Fprintf(os.Stderr,"dbg tick %s %.2f cpu %.2f\n", s, time.Since(t0).Seconds(), float64(r.Utime.Sec)+float64(r.Utime.Usec)/1e6) }
func prof() func() { p:=os.Getenv("ACCPROF"); if p=="" { return func(){} }; f,_:=os.Create(p); _ = pprof.StartCPUProfile(f); return func(){ pprof.StopCPUProfile(); f.Close() } }
