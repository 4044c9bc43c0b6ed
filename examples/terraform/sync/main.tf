# Keeps a shop in step on a second server until it is destroyed.

terraform {
  required_version = ">= 1.11"
  required_providers {
    opendts = {
      source = "opendts/opendts"
    }
  }
}

# Address and token of the service: OPENDTS_ENDPOINT and OPENDTS_TOKEN.
provider "opendts" {}

resource "opendts_endpoint" "source" {
  name        = "shop, first server"
  engine      = "mysql"
  host        = var.source_host
  port        = var.source_port
  username    = var.source_username
  password_wo = var.source_password
}

resource "opendts_endpoint" "target" {
  name        = "shop, second server"
  engine      = "mysql"
  host        = var.target_host
  port        = var.target_port
  username    = var.target_username
  password_wo = var.target_password
}

# What the source has: named here, so that a plan shows when tables come and go.
data "opendts_tables" "shop" {
  endpoint_id = opendts_endpoint.source.id
  databases   = ["shop"]
  # A change of the endpoint, such as a password that is put right, comes first.
  depends_on = [opendts_endpoint.source]
}

resource "opendts_sync_task" "shop" {
  name      = "keep the shop in step"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id

  databases = {
    shop = {
      exclude_tables = ["sessions"]
    }
  }

  options = {
    full_load_parallelism = 8
  }

  wait_for        = "incremental"
  deletion_policy = "stop_and_delete"
}

# Numbers that change all the time are asked for in a check, and in no output: that would make a plan of each change.
data "opendts_task_progress" "shop" {
  task_id = opendts_sync_task.shop.id
}

check "shop_is_close" {
  assert {
    condition     = coalesce(data.opendts_task_progress.shop.lag_seconds, 0) < 60
    error_message = "The second server is more than a minute behind."
  }
}
