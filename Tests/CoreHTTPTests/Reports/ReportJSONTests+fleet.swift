extension ReportJSONTests {
    /// What `SampleReport.fleet()` is as JSON.
    static let fleet = """
        {
          "tenant": "Nordsee Line",
          "from": "2026-11-21T08:00:00.000Z",
          "to": "2026-11-21T12:00:00.000Z",
          "generated_at": "2026-11-21T12:00:00.000Z",
          "ships": [
            {
              "name": "aurora",
              "revoked": false,
              "last_contact": "2026-11-21T11:57:30.000Z",
              "agent_version": "0.1.0",
              "clock_offset_seconds": -1.5,
              "position": null,
              "link": {
                "availability": 0.875,
                "sessions": 3,
                "bytes_up": 12400000,
                "bytes_down": 604211
              },
              "samples": {
                "produced": 1200,
                "stored": 1000,
                "pending": 150,
                "degraded": 0,
                "lost": 50
              },
              "lanes": {
                "events": {
                  "produced": 7,
                  "stored": 7,
                  "pending": 0,
                  "degraded": 0,
                  "lost": 0
                },
                "catalogue": {
                  "produced": 0,
                  "stored": 0,
                  "pending": 0,
                  "degraded": 0,
                  "lost": 0
                },
                "metrics": {
                  "produced": 1200,
                  "stored": 1000,
                  "pending": 150,
                  "degraded": 0,
                  "lost": 50
                },
                "logs": {
                  "produced": 0,
                  "stored": 0,
                  "pending": 0,
                  "degraded": 0,
                  "lost": 0
                }
              },
              "quarantined_records": 12,
              "thinned": [],
              "ledger_differences": [],
              "host": {
                "cpu": {
                  "mean": 0.2833,
                  "max": 0.5,
                  "latest": 0.5,
                  "points": [[1795248000, 0.1], [1795251600, 0.25], [1795258800, 0.5]]
                },
                "memory": {
                  "mean": 0.51,
                  "max": 0.52,
                  "latest": 0.52,
                  "points": [[1795248000, 0.5], [1795251600, 0.52]]
                },
                "disk": {
                  "mount": "/var/lib",
                  "mean": 0.905,
                  "max": 0.91,
                  "latest": 0.91,
                  "points": [[1795248000, 0.9], [1795251600, 0.91]]
                },
                "network_receive_bytes_per_second": {
                  "mean": 1750.1,
                  "max": 2500.3,
                  "latest": 2500.3,
                  "points": [[1795248000, 1000], [1795251600, 2500.3]]
                },
                "network_transmit_bytes_per_second": {
                  "mean": 0,
                  "max": 0,
                  "latest": 0,
                  "points": [[1795248000, 0]]
                }
              },
              "availability": [[1795248000, 1], [1795251600, 0.5]],
              "events": [
                {
                  "at": "2026-11-21T11:30:00.000Z",
                  "severity": "warning",
                  "kind": "target_down",
                  "message": "bridge-1 did not answer for 5 min"
                }
              ]
            },
            {
              "name": "borealis",
              "revoked": false,
              "last_contact": null,
              "agent_version": null,
              "clock_offset_seconds": null,
              "position": null,
              "link": {
                "availability": 0,
                "sessions": 0,
                "bytes_up": 0,
                "bytes_down": 0
              },
              "samples": {
                "produced": 0,
                "stored": 0,
                "pending": 0,
                "degraded": 0,
                "lost": 0
              },
              "lanes": {
                "events": {
                  "produced": 0,
                  "stored": 0,
                  "pending": 0,
                  "degraded": 0,
                  "lost": 0
                },
                "catalogue": {
                  "produced": 0,
                  "stored": 0,
                  "pending": 0,
                  "degraded": 0,
                  "lost": 0
                },
                "metrics": {
                  "produced": 0,
                  "stored": 0,
                  "pending": 0,
                  "degraded": 0,
                  "lost": 0
                },
                "logs": {
                  "produced": 0,
                  "stored": 0,
                  "pending": 0,
                  "degraded": 0,
                  "lost": 0
                }
              },
              "quarantined_records": 0,
              "thinned": [],
              "ledger_differences": [],
              "host": {
                "cpu": {
                  "mean": null,
                  "max": null,
                  "latest": null,
                  "points": []
                },
                "memory": {
                  "mean": null,
                  "max": null,
                  "latest": null,
                  "points": []
                },
                "disk": {
                  "mount": null,
                  "mean": null,
                  "max": null,
                  "latest": null,
                  "points": []
                },
                "network_receive_bytes_per_second": {
                  "mean": null,
                  "max": null,
                  "latest": null,
                  "points": []
                },
                "network_transmit_bytes_per_second": {
                  "mean": null,
                  "max": null,
                  "latest": null,
                  "points": []
                }
              },
              "availability": [],
              "events": []
            }
          ]
        }

        """
}
