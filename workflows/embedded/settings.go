//go:build !noembed

package embedded

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/schema/sqlite"
	"google.golang.org/protobuf/types/known/durationpb"
)

const loopback = "127.0.0.1"

// retention is how long a closed workflow's history is kept. It also is how
// long a second start of the same incident is recognised by the server alone.
const retention = 30 * 24 * time.Hour

// clusterName is the server's own default for a single cluster.
const clusterName = "active"

// tuning holds the settings that differ from the server's defaults.
var tuning = dynamicconfig.StaticClient{
	// Once a day the frontend would otherwise tell Temporal's maintainers its
	// version and that of its clients. Nothing leaves this machine.
	dynamicconfig.EnableServerVersionCheck.Key(): false,
	// One process needs one partition: 400 goroutines fewer.
	dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
	dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,
	// Lists of workflows: ten a second is the default.
	dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(): 100,
}

// services in the order of their ports; the frontend comes first.
var services = [...]primitives.ServiceName{
	primitives.FrontendService, primitives.HistoryService, primitives.MatchingService, primitives.WorkerService,
}

type ports [len(services)]int

func (ports) address(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }

// freePorts chooses ports below those that systems give to outgoing
// connections, so that none of these takes one away before it is used.
func freePorts() (ports, error) {
	const low, high, tries = 20000, 32000, 1000
	var p ports
	held := make([]net.Listener, 0, len(p))
	defer func() {
		for _, l := range held {
			_ = l.Close()
		}
	}()
	var last error
	for range tries {
		port := low + rand.IntN(high-low)
		l, err := net.Listen("tcp", p.address(port))
		if err != nil {
			last = err
			continue
		}
		p[len(held)] = port
		if held = append(held, l); len(held) == len(p) {
			return p, nil
		}
	}
	return p, fmt.Errorf("no free port between %d and %d: %w", low, high, last)
}

// settings makes the server's configuration: two files, loopback, no metrics
// and no profiling port.
func settings(files []string, p ports) *config.Config {
	frontend := p.address(p[0])
	cfg := &config.Config{
		Global: config.Global{
			Membership: config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: loopback},
		},
		Persistence: config.Persistence{
			DefaultStore:     mainFile,
			VisibilityStore:  visibilityFile,
			NumHistoryShards: 1, // fixed for a file's life; more gain nothing
			DataStores: map[string]config.DataStore{
				mainFile:       {SQL: store(files[0])},
				visibilityFile: {SQL: store(files[1])},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		PublicClient:        config.PublicClient{HostPort: frontend},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
		}},
		Services: map[string]config.Service{},
	}
	for i, name := range services {
		cfg.Services[string(name)] = config.Service{RPC: config.RPC{GRPCPort: p[i], BindOnIP: loopback}}
	}
	return cfg
}

// store is one SQLite file. More than one connection makes writers collide.
func store(path string) *config.SQL {
	return &config.SQL{
		PluginName:   sqliteplugin.PluginName,
		DatabaseName: escape(path),
		MaxConns:     1,
		MaxIdleConns: 1,
		ConnectAttributes: map[string]string{
			"mode":          "rw", // prepare has made it
			"busy_timeout":  "10000",
			"journal_mode":  "wal",
			"synchronous":   "full",
			"secure_delete": "on",
		},
	}
}

// escape makes a path safe within a file: URI.
func escape(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}

// hosts tells each service where the others are, without any gossip.
func hosts(cfg *config.Config) map[primitives.ServiceName]static.Hosts {
	out := map[primitives.ServiceName]static.Hosts{}
	for _, name := range services {
		out[name] = static.SingleLocalHost(ports{}.address(cfg.Services[string(name)].RPC.GRPCPort))
	}
	return out
}

// makeNamespace enters the namespace into a new file.
func makeNamespace(cfg *config.Config) error {
	ns, err := sqlite.NewNamespaceConfig(clusterName, Namespace, false, nil)
	if err != nil {
		return fmt.Errorf("describing the namespace: %w", err)
	}
	ns.Detail.Config.Retention = durationpb.New(retention)
	if err := sqlite.CreateNamespaces(cfg.Persistence.DataStores[mainFile].SQL, ns); err != nil {
		return fmt.Errorf("making the namespace: %w", err)
	}
	return nil
}
