package workflows_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	. "vigie/workflows"
	"vigie/workflows/workflowstest"
)

func TestRevision(t *testing.T) {
	for _, tt := range []struct {
		name string
		plan RevisionPlan
		said []RevisionState
		want []string
	}{
		{"approved at the third look", RevisionPlan{From: 401, To: 450}, []RevisionState{{}, {}, {Ready: true}},
			[]string{"revise ml-ana 2", "revision ml-ana", "revision ml-ana", "revision ml-ana", "publish",
				workflowstest.SendLine(ana, "email", 401, 450), "outcomes ml-ana email", workflowstest.SendLine(ana, "sms", 401, 450), "outcomes ml-ana sms",
				workflowstest.SendLine(ana, "letter", 401, 450), "outcomes ml-ana letter", "publish"}},
		{"nobody to write to", RevisionPlan{From: 401, To: 400}, []RevisionState{{Ready: true}}, []string{"revise ml-ana 2", "revision ml-ana", "publish"}},
		{"a later version came", RevisionPlan{From: 401, To: 450}, []RevisionState{{}, {Superseded: true}}, []string{"revise ml-ana 2", "revision ml-ana", "revision ml-ana"}},
		{"a later version was there", RevisionPlan{Superseded: true}, nil, []string{"revise ml-ana 2"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &workflowstest.World{Revise: tt.plan, Revision: tt.said}
			if err := run(t, w, WorkflowRevision, RevisionInput{Incident: "inc_1", Controller: ana, Version: 2}).GetWorkflowError(); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, w.Record()); d != "" {
				t.Error(d)
			}
		})
	}
}
