#!/bin/bash
# Starts the broker in its container: the shipped settings, and at the first start a data folder that knows `admin`.
set -eu
PATH="$PATH:/opt/kafka/bin"
here="$(dirname "$0")"
settings=/tmp/server.properties
cat "$here/broker.properties" "$here/sasl.properties" > "$settings"
if [ ! -e /var/lib/kafka/data/meta.properties ]; then
    # Its output shows what the password is checked against: not for the container's log.
    kafka-storage.sh format --config "$settings" --cluster-id="$(cat /run/secrets/kafka-cluster-id)" \
        --add-scram="SCRAM-SHA-256=[name=admin,password=$(cat /run/secrets/kafka-admin)]" > /dev/null
fi
exec kafka-server-start.sh "$settings"
