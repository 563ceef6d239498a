export namespace app {
	
	export class AddResult {
	    ok: boolean;
	    keys: string[];
	    reason: string;
	    address: string;
	    detail: string;
	
	    static createFrom(source: any = {}) {
	        return new AddResult(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.ok = source["ok"];
	        this.keys = source["keys"];
	        this.reason = source["reason"];
	        this.address = source["address"];
	        this.detail = source["detail"];
	    }
	}
	export class Camera {
	    key: string;
	    name: string;
	    address: string;
	    host: string;
	    url: string;
	    agentVersion: string;
	    state: string;
	    since: number;
	    retryAt: number;
	    lastFrameAt: number;
	    reason: string;
	    status: number;
	    message: string;
	    hint: string;
	    detail: string;
	    warning: string;
	    fps: number;
	    bytesPerSecond: number;
	    width: number;
	    height: number;
	    added: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Camera(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.key = source["key"];
	        this.name = source["name"];
	        this.address = source["address"];
	        this.host = source["host"];
	        this.url = source["url"];
	        this.agentVersion = source["agentVersion"];
	        this.state = source["state"];
	        this.since = source["since"];
	        this.retryAt = source["retryAt"];
	        this.lastFrameAt = source["lastFrameAt"];
	        this.reason = source["reason"];
	        this.status = source["status"];
	        this.message = source["message"];
	        this.hint = source["hint"];
	        this.detail = source["detail"];
	        this.warning = source["warning"];
	        this.fps = source["fps"];
	        this.bytesPerSecond = source["bytesPerSecond"];
	        this.width = source["width"];
	        this.height = source["height"];
	        this.added = source["added"];
	    }
	}
	export class Discovery {
	    running: boolean;
	    interfaces: string[];
	    problem: string;
	
	    static createFrom(source: any = {}) {
	        return new Discovery(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.running = source["running"];
	        this.interfaces = source["interfaces"];
	        this.problem = source["problem"];
	    }
	}
	export class Search {
	    running: boolean;
	    done: number;
	    total: number;
	    answered: number;
	    found: number;
	    networks: string[];
	    stopped: boolean;
	    problem: string;
	
	    static createFrom(source: any = {}) {
	        return new Search(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.running = source["running"];
	        this.done = source["done"];
	        this.total = source["total"];
	        this.answered = source["answered"];
	        this.found = source["found"];
	        this.networks = source["networks"];
	        this.stopped = source["stopped"];
	        this.problem = source["problem"];
	    }
	}
	export class State {
	    version: string;
	    cameras: Camera[];
	    discovery: Discovery;
	    search: Search;
	    away: string[];
	    notice: string;
	    bytesPerSecond: number;
	
	    static createFrom(source: any = {}) {
	        return new State(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.version = source["version"];
	        this.cameras = this.convertValues(source["cameras"], Camera);
	        this.discovery = this.convertValues(source["discovery"], Discovery);
	        this.search = this.convertValues(source["search"], Search);
	        this.away = source["away"];
	        this.notice = source["notice"];
	        this.bytesPerSecond = source["bytesPerSecond"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

