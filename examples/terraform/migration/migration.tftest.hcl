# terraform test (or tofu test) makes everything, checks it, and destroys it again.

run "moves_and_cuts_over" {
  command = apply

  assert {
    condition     = output.cutover_status == "finished"
    error_message = "The cutover was not made."
  }
}

run "changes_nothing_when_applied_again" {
  command = plan

  assert {
    condition     = output.task_id == run.moves_and_cuts_over.task_id
    error_message = "A second apply would make another task."
  }
}
