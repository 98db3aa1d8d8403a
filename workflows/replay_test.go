package workflows_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	. "vigie/workflows"
	"vigie/workflows/workflowstest"
)

// Histories of the real server, recorded by workflows/embedded, some of them
// while their workflow was waiting: new code must go on from there. When this
// fails, the change needs workflow.GetVersion, not a new recording.
func TestReplay(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(files) < 7 {
		t.Fatalf("%d histories, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			if err := workflowstest.Replay(history(t, file), Register); err != nil {
				t.Error(err)
			}
		})
	}
}

// The replay sees a step too many, one too few and another order.
func TestReplayNoticesAChange(t *testing.T) {
	for _, tt := range []struct {
		name, file string
		change     func(ctx workflow.Context, in IncidentInput) error
	}{
		{"a step before", "incident_reviewing.json", func(ctx workflow.Context, in IncidentInput) error {
			if err := workflow.Sleep(ctx, 1); err != nil {
				return err
			}
			return Incident(ctx, in)
		}},
		{"a registry less", "incident_reviewing.json", func(ctx workflow.Context, in IncidentInput) error {
			in.Registries = in.Registries[1:]
			return Incident(ctx, in)
		}},
		{"it begins elsewhere", "incident_approving.json", func(ctx workflow.Context, in IncidentInput) error {
			in.Resume = &Resume{Stage: "match"}
			return Incident(ctx, in)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := workflowstest.Replay(history(t, filepath.Join("testdata", tt.file)), func(r worker.WorkflowRegistry) {
				r.RegisterWorkflowWithOptions(tt.change, workflow.RegisterOptions{Name: WorkflowIncident})
			})
			if err == nil || !strings.Contains(err.Error(), "TMPRL1100") {
				t.Errorf("error %v, want a non-determinism", err)
			}
		})
	}
}

// Recorded histories hold identifiers in clear at most where Temporal needs
// them; everything else is sealed.
func TestRecordedHistoriesAreSealed(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"json/plain", "registries", "civil_status", "hostname", "go1."} {
			if strings.Contains(string(data), word) {
				t.Errorf("%s holds %q in clear", file, word)
			}
		}
	}
}

func history(t *testing.T, file string) *historypb.History {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	h, err := client.HistoryFromJSON(f, client.HistoryJSONOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}
