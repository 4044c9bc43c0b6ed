# terraform test (or tofu test) makes everything, checks it, and destroys it again.

run "keeps_in_step" {
  command = apply

  assert {
    condition     = output.status == "running"
    error_message = "The task does not run."
  }

  assert {
    condition     = contains(output.tables, "shop.orders")
    error_message = "The source has no table shop.orders."
  }
}

run "changes_nothing_when_applied_again" {
  command = plan

  assert {
    condition     = output.task_id == run.keeps_in_step.task_id
    error_message = "A second apply would make another task."
  }
}
