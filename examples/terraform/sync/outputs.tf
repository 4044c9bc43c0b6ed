output "task_id" {
  value = opendts_sync_task.shop.id
}

output "status" {
  value = opendts_sync_task.shop.status
}

output "tables" {
  value = data.opendts_tables.shop.names
}
