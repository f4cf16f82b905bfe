/// The templates of a report's page.
enum ReportTemplates {
    static let report = """
        {{<page}}{{$title}}{{title}}{{/title}}{{$body}}
        <header class="top">
        <a class="brand" href="/">\(PageTemplates.mark)Hawser</a>
        <p class="tenant">{{tenant}} <a href="/sign-out">Sign out</a></p>
        </header>
        <main>
        <div class="heading">
        <div>
        <h1>{{heading}}</h1>
        <p class="period">{{period}}</p>
        </div>
        <div class="choices">
        <nav aria-label="Range">{{#ranges}}{{>links}}{{/ranges}}</nav>
        <nav aria-label="Other formats">{{#formats}}{{>links}}{{/formats}}</nav>
        </div>
        </div>
        {{#isEmpty}}
        <section class="empty">
        <h2>No ship yet</h2>
        <p>Make the first one on the server, then enrol its agent with the code that it shows:</p>
        <p><code>hawser ships create name=…</code></p>
        </section>
        {{/isEmpty}}
        {{^isEmpty}}
        {{#hasFigures}}
        <dl class="figures">
        {{#figures}}
        <div class="figure {{tone}}"><dt>{{label}}</dt>\
        <dd>{{number}}<span>{{note}}</span></dd></div>
        {{/figures}}
        </dl>
        {{/hasFigures}}
        {{#ships}}
        {{>ship}}
        {{/ships}}
        {{/isEmpty}}
        </main>
        <footer><p>Made {{made}}. The ledger counts since a ship was first heard; everything else \
        is over the range.</p></footer>
        {{/body}}{{/page}}
        """

    static let links = """
        <a href="{{target}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{label}}</a>
        """

    static let ship = """
        <article class="ship" aria-labelledby="{{anchor}}">
        <header>
        <h2 id="{{anchor}}"{{^hasFigures}} class="hidden"{{/hasFigures}}>\
        {{#hasPage}}<a href="{{page}}">{{/hasPage}}{{name}}{{#hasPage}}</a>{{/hasPage}}</h2>
        <p class="pill {{statusClass}}">{{status}}</p>
        </header>
        {{^wasHeard}}
        {{#mayEnrol}}<p class="quiet">This ship was not heard yet. Enrol its agent with the \
        code that <code>hawser ships enrol</code> shows, and start it.</p>{{/mayEnrol}}
        {{^mayEnrol}}<p class="quiet">This ship was revoked before it was heard.</p>{{/mayEnrol}}
        {{/wasHeard}}
        {{#wasHeard}}
        <dl class="facts">
        {{#facts}}
        <div><dt>{{term}}</dt><dd>{{detail}}<span>{{remark}}</span></dd></div>
        {{/facts}}
        </dl>
        <div class="charts">
        {{#charts}}
        {{>chart}}
        {{/charts}}
        </div>
        <div class="record">
        <section>
        <h3>Ledger</h3>
        <table>
        <thead><tr><th scope="col">Lane</th><th scope="col">Produced</th>\
        <th scope="col">Stored</th><th scope="col">Pending</th><th scope="col">Thinned</th>\
        <th scope="col">Lost</th>\
        <th scope="col"><span class="hidden">Balance</span></th></tr></thead>
        <tbody>
        {{#accounts}}
        <tr><th scope="row">{{lane}}</th><td>{{produced}}</td><td>{{stored}}</td>\
        <td>{{pending}}</td><td>{{thinned}}</td><td>{{lost}}</td>\
        {{#balances}}<td class="balanced" title="produced = stored + pending + thinned + lost">✓\
        <span class="hidden"> balances</span></td>{{/balances}}\
        {{^balances}}<td class="unbalanced" title="produced ≠ stored + pending + thinned + lost">≠\
        <span class="hidden"> does not balance</span></td>{{/balances}}</tr>
        {{/accounts}}
        </tbody>
        </table>
        {{#quarantined}}<p class="warning">{{.}}, counted as lost.</p>{{/quarantined}}
        {{#thinned}}<p class="note">{{.}}</p>{{/thinned}}
        {{#hasDifferences}}
        <h4>Open differences</h4>
        <ul class="differences">{{#differences}}<li>{{sentence}}<span>since \
        <time datetime="{{machineTime}}">{{since}}</time> UTC</span></li>{{/differences}}</ul>
        {{/hasDifferences}}
        </section>
        <section>
        <h3>Events</h3>
        {{#hasEvents}}
        <ol class="events">{{#events}}{{>event}}{{/events}}</ol>
        {{#hasMoreEvents}}<details><summary>{{moreEventsCount}} more</summary>
        <ol class="events">{{#moreEvents}}{{>event}}{{/moreEvents}}</ol></details>\
        {{/hasMoreEvents}}
        {{/hasEvents}}
        {{^hasEvents}}<p class="quiet">No events in this range.</p>{{/hasEvents}}
        </section>
        </div>
        {{/wasHeard}}
        </article>
        """

    static let event = """
        <li class="{{severity}}"><time datetime="{{machineTime}}">{{at}}</time>\
        <p><span class="severity">{{severity}}</span> <code>{{kind}}</code> {{message}}</p></li>
        """

    static let chart = """
        <figure class="chart {{tone}}">
        <figcaption><span>{{label}}</span><b>{{value}}</b></figcaption>
        {{#hasData}}
        <svg viewBox="0 0 300 64" preserveAspectRatio="none" role="img" \
        aria-labelledby="{{identifier}}-title {{identifier}}-desc">\
        <title id="{{identifier}}-title">{{label}}</title>\
        <desc id="{{identifier}}-desc">{{summary}}</desc>\
        {{#geometry}}<path class="gap" d="{{gaps}}"/><path class="grid" d="M0 4H300M0 34H300"/>\
        <path class="fill" d="{{fill}}"/><path class="line" d="{{line}}"/>\
        <path class="base" d="M0 63.5H300"/>{{/geometry}}</svg>
        <p class="ends"><span>{{start}}</span><span class="extent">{{extent}}</span>\
        <span>{{end}}</span></p>
        {{/hasData}}
        {{^hasData}}<p class="quiet">No data in this range.</p>{{/hasData}}
        </figure>
        """
}
