/// The style sheet of all pages, served as `/assets/hawser.css`.
package enum ReportStyle {
    /// Fonts are the reader's own: nothing is fetched over a link that may be a ship's.
    package static let css = colours + frame + ship + small

    private static let colours = """
        :root {
          color-scheme: light dark;
          --page: #f5f6f4; --card: #ffffff; --ink: #16222e; --soft: #5b6873; --line: #dfe3e4;
          --accent: #0d5c8c; --good: #1d7a4f; --warn: #a65b00; --bad: #b3261e;
          --shade: #eceff0;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #0d141b; --card: #141e27; --ink: #e6ecf0; --soft: #94a3af; --line: #26333f;
            --accent: #62b4e4; --good: #58c08d; --warn: #e5a34a; --bad: #f0827a;
            --shade: #1b2732;
          }
        }

        """

    private static let frame = """
        * { box-sizing: border-box; margin: 0; padding: 0; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body {
          background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif;
          font-variant-numeric: tabular-nums; overflow-wrap: break-word;
        }
        a { color: var(--accent); text-underline-offset: 2px; }
        h2 a { color: inherit; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px;
          border-radius: 3px; }
        code { font: 0.92em ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; }
        .hint code { white-space: nowrap; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden;
          clip-path: inset(50%); }
        .top, main, footer { max-width: 1280px; margin: 0 auto;
          padding: 0 clamp(16px, 3.2vw, 40px); }
        .top {
          display: flex; justify-content: space-between; align-items: center;
          padding-top: 18px; padding-bottom: 18px;
        }
        .brand { display: flex; align-items: center; gap: 8px; font-weight: 650;
          color: inherit; text-decoration: none; }
        .mark { width: 22px; height: 22px; fill: none; stroke: var(--accent); stroke-width: 2.4;
          stroke-linecap: round; }
        .tenant { color: var(--soft); }
        .tenant a { color: inherit; margin-left: 14px; }
        .heading {
          display: flex; flex-wrap: wrap; justify-content: space-between; align-items: flex-end;
          gap: 16px 32px; padding: 20px 0 24px;
        }
        h1 { font-size: 30px; line-height: 1.15; font-weight: 650; letter-spacing: -0.015em; }
        .period { color: var(--soft); margin-top: 6px; }
        .choices { display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: center; }
        nav { display: flex; gap: 2px; }
        nav:last-child { margin-right: -11px; }
        nav a {
          padding: 6px 11px; border-radius: 7px; text-decoration: none; color: var(--soft);
          white-space: nowrap;
        }
        nav a:hover { color: var(--ink); background: var(--shade); }
        nav a[aria-current] {
          color: var(--ink); background: var(--card); box-shadow: inset 0 0 0 1px var(--line);
          font-weight: 600;
        }
        .figures {
          display: grid; grid-template-columns: repeat(5, 1fr); margin-bottom: 28px;
          border-top: 1px solid var(--line); border-bottom: 1px solid var(--line);
        }
        .figure { padding: 16px 20px; border-left: 1px solid var(--line); min-width: 0; }
        .figure:first-child { border-left: 0; padding-left: 0; }
        .figure dd {
          font-size: 24px; line-height: 1.25; font-weight: 600; letter-spacing: -0.01em;
          margin-top: 2px;
        }
        dt { color: var(--soft); font-size: 13px; }
        dd span {
          display: block; color: var(--soft); font-size: 13px; line-height: 1.4; font-weight: 400;
          letter-spacing: 0;
        }
        .figure.warn dd { color: var(--warn); }
        .figure.warn dd span { color: var(--soft); }
        .empty, .ship {
          background: var(--card); border: 1px solid var(--line); border-radius: 12px;
          padding: clamp(16px, 2.2vw, 28px); margin-bottom: 20px;
        }
        .empty { text-align: center; padding-top: 56px; padding-bottom: 56px; }
        .empty p { color: var(--soft); margin-top: 8px; }
        .empty code { color: var(--ink); background: var(--shade); padding: 6px 12px;
          border-radius: 6px; display: inline-block; margin-top: 8px; }
        footer { color: var(--soft); font-size: 13px; padding-top: 8px; padding-bottom: 40px; }
        .narrow { max-width: 400px; padding-top: 14vh; padding-bottom: 48px; }
        .narrow h1 { margin: 28px 0 12px; font-size: 26px; }
        .narrow .status-code { color: var(--soft); margin-top: 28px; }
        .narrow .status-code + h1 { margin-top: 0; }
        .narrow .detail { color: var(--soft); margin-bottom: 20px; }
        .notice { color: var(--bad); margin-bottom: 12px; }
        label { display: block; font-weight: 600; margin-bottom: 6px; }
        input {
          width: 100%; padding: 11px 12px; font: inherit; color: var(--ink);
          background: var(--card); border: 1px solid var(--soft); border-radius: 8px;
        }
        button {
          width: 100%; margin-top: 14px; padding: 11px; font: inherit; font-weight: 600; border: 0;
          border-radius: 8px; cursor: pointer; color: var(--page); background: var(--accent);
        }
        .hint { color: var(--soft); font-size: 13px; margin-top: 20px; }
        form input + label { margin-top: 14px; }
        .other { margin-top: 24px; padding-top: 14px; border-top: 1px solid var(--line); }
        .other label { margin-top: 10px; }
        .other button { color: var(--accent); background: none;
          box-shadow: inset 0 0 0 1px var(--accent); }
        .providers a { display: block; margin-bottom: 8px; }

        """

    private static let ship = """
        .ship > header { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; }
        h2 { font-size: 20px; line-height: 1.3; font-weight: 650; letter-spacing: -0.01em; }
        h3 { font-size: 13px; font-weight: 600; color: var(--soft); margin-bottom: 8px; }
        .pill {
          display: inline-flex; align-items: center; gap: 7px; font-size: 13px; font-weight: 600;
          padding: 2px 11px 2px 9px; border-radius: 99px; color: var(--soft);
          box-shadow: inset 0 0 0 1px currentColor;
        }
        .pill::before { content: ""; width: 8px; height: 8px; border-radius: 50%;
          background: currentColor; }
        .pill.connected { color: var(--good); }
        .pill.silent { color: var(--warn); }
        .pill.revoked { color: var(--bad); }
        .pill.revoked::before { border-radius: 1px; height: 2px; }
        .pill.never_heard::before { background: none; box-shadow: inset 0 0 0 2px currentColor; }
        .quiet { color: var(--soft); }
        .ship > .quiet { margin-top: 12px; max-width: 64ch; }
        .facts {
          display: grid; grid-template-columns: repeat(7, minmax(0, 1fr)); gap: 16px 20px;
          margin: 18px 0 24px;
        }
        .facts dd { font-weight: 600; font-size: 16px; }
        .charts {
          display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 24px 32px;
        }
        .chart { --tone: var(--accent); min-width: 0; }
        .chart.link { --tone: var(--good); }
        .chart.warn { --tone: var(--warn); }
        .chart.bad { --tone: var(--bad); }
        figcaption { display: flex; justify-content: space-between; gap: 12px; margin-bottom: 4px; }
        figcaption span { color: var(--soft); font-size: 13px; align-self: flex-end; min-width: 0; }
        figcaption b { font-weight: 600; white-space: nowrap; }
        .chart.warn b, .chart.bad b { color: var(--tone); }
        .chart svg { display: block; width: 100%; height: 72px; }
        .chart path { vector-effect: non-scaling-stroke; fill: none; }
        .chart .gap { fill: var(--shade); fill-opacity: 0.7; }
        .chart .grid { stroke: var(--line); stroke-width: 1; stroke-dasharray: 1 4; }
        .chart .base { stroke: var(--line); stroke-width: 1; }
        .chart .fill { fill: var(--tone); fill-opacity: 0.13; }
        .chart.link .fill { fill-opacity: 0.8; }
        .chart .line { stroke: var(--tone); stroke-width: 1.6; stroke-linejoin: round;
          stroke-linecap: round; }
        .ends {
          display: flex; justify-content: space-between; gap: 8px; margin-top: 4px;
          color: var(--soft); font-size: 12px; white-space: nowrap;
        }
        .chart > .quiet {
          height: 72px; display: grid; place-items: center; font-size: 13px;
          background: var(--shade); border-radius: 6px;
        }
        .record {
          display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); gap: 28px 44px;
          margin-top: 26px; padding-top: 20px; border-top: 1px solid var(--line);
        }
        .record section { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: 14px; }
        th, td { text-align: right; padding: 5px 0 5px 10px; font-weight: 400; }
        thead th { color: var(--soft); font-size: 12px; padding-top: 0; }
        th:first-child { text-align: left; padding-left: 0; }
        tbody tr { border-top: 1px solid var(--line); }
        .balanced { color: var(--good); font-weight: 700; }
        .unbalanced { color: var(--bad); font-weight: 700; }
        .warning { color: var(--warn); margin-top: 10px; font-size: 14px; }
        .note { color: var(--soft); margin-top: 10px; font-size: 14px; }
        h4 { font-size: 13px; font-weight: 600; color: var(--bad); margin: 14px 0 4px; }
        .differences { list-style: none; font-size: 14px; }
        .differences li { padding: 5px 0; border-top: 1px solid var(--line); }
        .differences span { display: block; color: var(--soft); font-size: 13px; }
        .events { list-style: none; font-size: 14px; }
        .events li { display: grid; grid-template-columns: 96px minmax(0, 1fr); gap: 12px;
          padding: 5px 0; border-top: 1px solid var(--line); }
        ol.events:first-of-type li:first-child { border-top: 0; padding-top: 0; }
        time { color: var(--soft); white-space: nowrap; }
        .severity { font-weight: 600; color: var(--soft); }
        .warning .severity { color: var(--warn); }
        .critical .severity { color: var(--bad); }
        .events .warning { color: inherit; margin: 0; }
        .events code { color: var(--soft); }
        summary { cursor: pointer; color: var(--accent); font-size: 14px; padding: 6px 0; }

        """

    private static let small = """
        @media (max-width: 980px) {
          .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
          .facts { grid-template-columns: repeat(4, minmax(0, 1fr)); }
          .record { grid-template-columns: minmax(0, 1fr); }
          .figures { grid-template-columns: repeat(2, 1fr); border-bottom: 0; }
          .figure { padding: 12px 0; border-left: 0; border-bottom: 1px solid var(--line); }
          .figure:last-child { grid-column: 1 / -1; }
        }
        @media (max-width: 600px) {
          body { font-size: 14px; }
          .charts { grid-template-columns: minmax(0, 1fr); gap: 20px; }
          .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; }
          dd span { font-size: 12px; }
          .figure dd { font-size: 20px; }
          .ship { border-radius: 10px; }
          .choices { gap: 2px 12px; margin-left: -11px; }
          nav:last-child { margin-right: 0; }
          .events li { grid-template-columns: minmax(0, 1fr); gap: 0; }
          th, td { padding-left: 5px; }
          table, thead th { font-size: 12px; }
        }
        @media (max-width: 420px) {
          .ends { flex-wrap: wrap; gap: 0 8px; }
          .extent { order: 1; width: 100%; }
          .ship { padding: 14px 12px; }
        }
        @media print {
          body { background: none; }
          nav, .tenant a { display: none; }
          .ship { break-inside: avoid; }
        }

        """
}
