package extract

import (
	"math"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vigie/crawlers"
)

// topic is what a page may speak of, in the words of six languages: beginnings of
// words, or whole words where $ ends them. Words of languages that write no spaces
// are looked for anywhere. What a topic says of a state is learnt; says is what was
// guessed before.
type topic struct {
	name, says, words string
}

var topics = []topic{
	{"human", crawlers.StateCaptcha, "captcha|robot|are you human|you are human|human check|human verification|you are a human|unusual traffic|bot check|etes vous humain|etes humain|pas un robot|капч|робот|вы человек|вы не бот|验证码|安全验证|人机|完成验证|机器人|bist du ein mensch|ein mensch sind|es usted humano|eres humano|from bots|against bots|not a bot|are a bot|pas un bot|contre les robots|от ботов|против ботов|防机器|gegen bots|contra bots"},
	{"puzzle", crawlers.StateCaptcha, "characters|letters|digits|puzzle|clock|circle|square|slider|slide the|drag the|drag|rotate|pictures|images with|images that|image below|picture below|shown in|shown above|tick|solve|pick the|click on|click the|select all|select the|errors left|attempts left|caracteres|recopie|saisissez|cochez|selectionnez|l image|les images|horloge|glisse|calcul|выберите|картинк|изображени|символ|часы|передвин|решите|图中|字符|依次点击|滑块|拖动|看不清|换一张|请点击|图片|zeichen|bilder|bild$|wahlen sie|uhr$|schieben|imagen|escriba|seleccione|arrastre|reloj|which of|what is the|how many|odd one out|lequel de|laquelle|combien|quel est|сколько|какой из|что из|哪个|多少|welche|wie viele|cual de|cuantos"},
	{"wait", crawlers.StateGate, "wait$|please wait|waiting|just a moment|one moment|few seconds|be patient|patience|shortly|do not refresh|do not reload|do not close|don t refresh|automatically|estimated|patienter|quelques secondes|un instant|automatiquement|bitte warten|geduld|einen moment|automatisch|wartezeit|подожд|ожида|секунд|автоматически|请稍|稍等|等待|自动|秒|espere|espera|un momento|automaticamente|segundos"},
	{"queue", crawlers.StateGate, "queue|waiting room|in line|your place|your position|ahead of you|file d attente|salle d attente|votre position|votre place|devant vous|warteschlange|warteraum|очеред|排队|队列|cola$|sala de espera|su posicion|su turno"},
	{"guard", crawlers.StateGate, "browser|your connection|secure connection|ddos|antiddos|flood|cloudflare|ray id|proof of work|pow$|bots$|protection|protected by|checking|verifying|challenge|attack|navigateur|verification de|protege|attaque|проверк|браузер|защит|атак|检查|浏览器|防护|攻击|uberpruf|schutz|angriff|comproba|navegador|proteccion|ataque"},
	{"consent", crawlers.StateGate, "you confirm|i confirm|i agree|you agree|i accept|i understand|by entering|by clicking|by pressing|enter$|leave$|over 18|18$|years old|of age|adult|minor$|law enforcement|at your own risk|warning|disclaimer|vous confirmez|je confirme|j accepte|majeur|mineur|entrer$|quitter$|avertissement|forces de l ordre|подтвержда|согласен|согласна|мне есть|совершеннолет|предупрежд|年满|我同意|进入$|离开|bestatig|volljahrig|ich stimme|betreten|verlassen|warnung|mayor de edad|confirmo|acepto|entrar$|salir$|advertencia"},
	{"reserved", crawlers.StateGate, "reserved|restricted|invit|secret|word of the|password of the day|partners|for partners|members only|accredited|accreditation|apply for|request access|access code|access token|token|passphrase|pass phrase|riddle|who goes|knock|vouch|reserve|restreint|code d acces|mot de la|mot du|mot secret|phrase secrete|accredit|parrain|qui va la|приглаш|инвайт|кодов|секрет|по рекоменд|доступ только|только для|ограничен|邀请|仅限|暗号|口令|einladung|zugangscode|zugang nur|losung|kennwort des|geschlossener kreis|invitacion|codigo de acceso|palabra|acceso reservado|contrasena del dia|private blog|private site|private area|only with a|open only|keys are given|ask for a key|site prive|blog prive|clef d acces|закрытый блог|закрытый форум|私密|内部|privater|nur mit|privado|solo con"},
	{"merits", crawlers.StateGate, "at least|you need|must have|required to view|to view this|hidden content|reply to|credits|likes|reputation|your rank|upgrade your|not have permission|insufficient|au moins|minimum|credits|points|votre rang|permission|droits suffisants|не менее|репутац|сообщений|чтобы видеть|недостаточно прав|скрыт|积分|回复|权限|等级|mindestens|beitrage|berechtig|rechte|al menos|mensajes|puntos|permiso"},
	{"login", crawlers.StateLogin, "log in|login|log on|sign in|signin|password|passwd|user name|username|forgot|register$|remember me|logged in|2fa|authenticat|authoriz|mnemonic|connexion|connecter|connecte$|identifiant|mot de passe|nom d utilisateur|utilisateur|s inscrire|вход|войти|войдите|логин|парол|регистрац|авториз|登录|用户名|密码|注册|anmeld|einloggen|benutzername|passwort|registrier|iniciar sesion|usuario|contrasena|registrarse|olvid"},
	{"client", crawlers.StateLogin, "client id|client area|company id|your id|personal id|the id$|enter id|victim id|id from|the key|your key|private key|recovery key|access key|readme|ransom note|the note|chat|negotiat|recovery|start chat|support|votre cle|cle privee|identifiant client|espace client|code client|negocia|la note|ваш id|ключ|записк|чат|переговор|клиент|客户|密钥|谈判|聊天|ihre id|schlussel|kunden|verhandl|su id|clave|cliente|negociacion"},
	{"ransomed", crawlers.StateLogin, "are encrypted|was encrypted|were encrypted|been encrypted|is encrypted|been locked|your files|your network|your servers|restore your|decrypt|vos fichiers|votre reseau|chiffres|ваши файлы|зашифрован|расшифр|ihre dateien|ihr netzwerk|verschlusselt|entschlussel|sus archivos|su red|cifrados|descifr|您的文件|已加密|解密"},
	{"script", crawlers.StateShell, "javascript|java script|activer js|enable js|js must|js is|to run this app|browser does not support"},
	{"loading", crawlers.StateShell, "loading|chargement|загрузк|загружа|加载|载入|wird geladen|ladt$|laden$|cargando|initializ|initialis|connecting to|booting|starting up"},
	{"sale", crawlers.StateParked, "for sale|buy this|make an offer|make offer|related searches|related links|this domain|purchase this|premium domain|domain name|the domain|domain has|domain may|inquire|parked|parking|sedo|broker|sponsored|expired|renew|whois|a vendre|ce domaine|nom de domaine|ce nom|expire$|renouvel|recherches associees|продает|этот домен|домен|купить это|истек|域名|出售|转让|过期|到期|zum verkauf|diese domain|domain ist|geparkt|abgelaufen|ahnliche suchanfragen|en venta|este dominio|dominio|caducado|busquedas relacionadas"},
	{"hosting", crawlers.StateParked, "hosting|hosted|suspended|registrar|registered|account has been|default page|default web|successfully installed|installed and working|it works|welcome to nginx|further configuration|apache2|placeholder|plesk|cpanel|directadmin|webmaster|site owner|web site owner|coming soon|under construction|new site|new website|not yet|hebergement|hebergeur|suspendu|enregistre|bien ete cree|page par defaut|en construction|bientot en ligne|pas encore en ligne|хостинг|заблокирован|приостановлен|зарегистрирован|в разработке|скоро откр|сайт создан|建设中|主机|空间|暂停|已注册|gesperrt|registriert|im aufbau|in kurze|platzhalter|standardseite|suspendid|alojamiento|registrado|en construccion|proximamente"},
	{"seized", crawlers.StateOther, "seized|seizure|court order|court|police|europol|interpol|fbi$|warrant|takedown|taken over|saisi$|saisie$|gendarmerie|justice|tribunal|beschlagnahm|polizei|изъят|конфиск|полици|суда|查封|警方|法院|incautad|policia|juzgado"},
	{"missing", crawlers.StateError, "not found|404|cannot be found|could not be found|can t be found|can t find|couldn t find|was not found|be found|does not exist|doesn t exist|no such|no longer|been deleted|been removed|was deleted|was removed|deleted|gone$|invalid|specified thread|specified forum|introuvable|n existe|supprime|n a pas ete trouve|pas trouve|не найден|не существует|удален|нет такой|不存在|未找到|找不到|已删除|已被删除|nicht gefunden|existiert nicht|geloscht|ungultig|no encontrad|no existe|eliminad|no se encontro|non trovat|bulunamadi"},
	{"broken", crawlers.StateError, "bad gateway|gateway|unavailable|time out|timeout|timed out|internal server|server error|forbidden|access denied|denied|bad request|refused|been reset|unable to connect|could not connect|couldn t connect|can t connect|try again|went wrong|oops|error$|error code|errors$|ran into|problem loading|erreur|indisponible|interdit|refuse$|impossible|reessayez|ошибк|недоступ|запрещ|не удалось|попробуйте позже|错误|禁止|无法|失败|稍后再试|fehler|nicht erreichbar|nicht verfugbar|verweigert|erneut|denegado|no disponible|prohibido|intentelo|rate limit|too many requests|nginx$|nginx 1|openresty|apache 2|haproxy|varnish|upstream|litespeed|caddy|exceeded|overload|too busy|unable to|temporarily|bandwidth|quota|depasse|surcharge|temporairement|превышен|перегруж|временно|超出|超过|过载|暂时|uberschritten|uberlastet|vorubergehend|superado|excedid|sobrecarg|temporalmente"},
	{"trace", crawlers.StateError, "fatal error|uncaught|exception|stack trace|traceback|on line|parse error|syntax error|database connection|database error|mysqli|mysql|pdo$|sqlstate|connection refused|too many connections|undefined|segmentation|call to|php$|debug|most recent call|base de donnees|базе данных|базой данных|数据库|datenbank|base de datos"},
	{"maintenance", crawlers.StateError, "maintenance|is closed|currently closed|temporarily closed|moving servers|move servers|new server|back soon|back on|back in|be back|come back|upgrading|upgrade in|updating|offline|is down|are down|ferme|de retour|revenez|travaux|wartung|bald zuruck|wieder da|geschlossen|техническ|обслужив|вернемся|закрыт|перенос|обновля|维护|升级|马上回来|mantenimiento|volvemos|cerrado|volveremos"},
	{"onion", crawlers.StateError, "onionsite|onion site|onion service|descriptor|introduction point|introduction failed|tor2web|rendezvous|socks|unreachable|proxy server|circuit"},
	{"none", crawlers.StateEmpty, "nothing|no result|0 result|no post|no leak|no victim|no entr|no compan|no news|no item|no record|no data|no thread|no topic|no article|no publication|no new|0 post|0 leak|0 found|0 entr|0 item|no more|none|yet$|empty|no match|not match|soon$|stay tuned|come back|check back|rien|aucun|pas encore|vide$|n y a |bientot|0 resultat|пусто|пока нет|ничего не|нет записей|нет публик|нет новост|нет данных|нет сообщ|нет тем|нет результат|0 результат|скоро|отсутству|暂无|没有|为空|敬请期待|keine|kein$|nichts|noch$|leer$|0 ergebnis|no hay|sin resultado|0 resultado|aun$|vacio|vacia|todavia|pronto|nada|nenhum"},
	{"shop", crawlers.StateMarket, "cart$|basket|checkout|add to|buy$|buy now|purchase|order|vendor|seller|escrow|balance|deposit|wallet|stock|sold|sold out|price|shipping|ships|refund|feedback|warranty|restock|panier|acheter|vendeur|solde|prix|commander|commande|livraison|корзин|купить|продав|продаж|гарант|баланс|цена|товар|магазин|депозит|购物车|购买|卖家|余额|价格|担保|库存|下架|商品|店铺|warenkorb|kaufen|verkaufer|preis|guthaben|bestell|ware$|carrito|comprar|vendedor|saldo|precio|pedido|tienda|envio|wholesale|商城|批发|客服|专用|现货|优惠|по опту|оптом|en gros|grosshandel|al por mayor"},
	{"auction", crawlers.StateMarket, "bid$|bids$|bidding|bidder|lot$|lots$|blitz|start price|starting|minimum step|min step|buyout|auction|enchere|mise a prix|surencher|ставк|лот$|аукцион|шаг$|拍卖|竞价|起拍|gebot|versteigerung|auktion|subasta|puja"},
	{"wares", crawlers.StateMarket, "cvv|bin$|dumps$|fullz|rdp$|stealer|accesses|accounts|ssn$|cards$|vpn$|combo|logins|checker|usdt|btc$|xmr$|usd$|eur$|domain user|local admin|rows$|lines$|revenue|access$|comptes|acces$|доступ|аккаунт|карт$|логи$|账号|权限|zugange|konten|accesos|cuentas"},
	{"moved", crawlers.StateRedirect, "moved|new address|new domain|new home|new url|new location|new onion|new link|redirect|document has|moved permanently|moved temporarily|update your bookmarks|click here|follow this|301|302|307|308|nouvelle adresse|demenag|redirig|redirection|cliquez ici|переехал|новый адрес|перенаправ|перейдите|нажмите|新地址|跳转|搬|点击这里|umgezogen|neue adresse|weitergeleitet|weiterleitung|klicken sie hier|nueva direccion|mudado|redirigi|haga clic|moving to|forward|taken to|you are leaving|leaving$|old address|old domain|old link|only at|continue to|bookmark|new mirror|vous quittez|ancienne adresse|vous allez etre|desormais a|переезж|старый адрес|старый домен|покидаете|переадрес|旧地址|旧域名|即将离开|永久地址|alte adresse|sie verlassen|umzug|direccion antigua|antigua direccion|abandona|saliendo"},
	{"folder", crawlers.StateIndex, "index of|index de|parent directory|directory listing|last modified|file name|file size|name size|name last|modified|folder|file browser|directory|directories|dossier parent|nom taille|modifie|repertoire|имя размер|папка|изменен|каталог|файлы|名称|大小|修改|目录|文件|ubergeordnet|verzeichnis|geandert|grosse|directorio|tamano|modificado|carpeta"},
	{"itself", crawlers.StateOther, "faq|f a q|frequently asked|questions|rules|contact|about$|about us|mirrors|mirror list|pgp|how to|guide|jobs|careers|vacanc|hiring|terms|privacy|partnership|affiliate|for press|press$|donat|canary|manifest|statement|who we are|our team|principles|foire aux|regles|reglement|a propos|qui sommes|mentions legales|miroirs|emplois|recrut|comment$|charte|faire un don|haufige fragen|regeln|uber uns|impressum|kontakt|spiegel|stellen|anleitung|preguntas|reglas|sobre nosotros|contacto|quienes somos|espejos|вопрос|правила|контакт|о нас|о проекте|зеркал|вакансии|инструкц|сотрудничеств|партнер|常见问题|规则|联系|关于|镜像|招聘|合作|教程"},
	{"members", crawlers.StateOther, "threads$|topics$|total posts|post count|last visit|last seen|last post|member since|members$|reputation|signature$|find all|forum statistics|statistics|users online|sujets$|derniere visite|membres$|dernier message|membre depuis|statistiques|темы$|тем$|сообщений|репутац|подпись|последний визит|участник|статистика|主题|帖子|会员|注册时间|最后访问|签名|统计|themen$|beitrage|mitglied|letzter besuch|statistik|temas$|mensajes$|miembros|ultima visita|estadisticas"},
	{"press", crawlers.StateOther, "newsletter|subscribe|newsroom|editor|byline|according to|reported by|report abuse|read more|article by|journalist|share this|published by|redaction|abonnez|selon |journaliste|partager|signaler|подпишитесь|редакц|по данным|сообщает|пожаловат|订阅|编辑|记者|据报道|举报|redaktion|laut |abonnier|melden|suscrib|segun |periodista|denunciar"},
	{"voice", crawlers.StateOther, "jabber|tox$|tox id|xmpp|telegram|session id|wickr|signal|protonmail|onionmail|e mail|email|write to|write us|begin pgp|public key|signed message|hacked by|defaced|greetz|greets|subscribers|joined|reaction|profile|view in|we are|we do not|our|you will|you can|ecrivez|nous sommes|nous ne|abonnes|inscrit le|пишите|напишите|мы не|мы$|подписчик|взломан|我们|联系方式|schreiben|wir sind|wir$|abonnenten|escriba a|somos|nosotros|suscriptores"},
}

// topicWords are the words of each topic as spelling has them.
var topicWords = sync.OnceValue(func() [][]string {
	out := make([][]string, len(topics))
	for i, t := range topics {
		for w := range strings.SplitSeq(t.words, "|") {
			whole := strings.HasSuffix(w, "$")
			p := strings.TrimRight(spelling(w), " ")
			if spaceless(p) {
				p = strings.TrimSpace(p)
			} else if whole {
				p += " "
			}
			out[i] = append(out[i], p)
		}
	}
	return out
})

// spelling is a text as words are looked for in it: small letters without accents and
// digits, a space before each word and one behind all.
func spelling(s string) string {
	var b strings.Builder
	b.WriteByte(' ')
	space := true
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
			space = false
		case !space:
			b.WriteByte(' ')
			space = true
		}
	}
	if !space {
		b.WriteByte(' ')
	}
	return b.String()
}

// spaceless tells words of a language that parts them by nothing.
func spaceless(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) })
}

// spoken is how much a plain text speaks of a topic: the first word counts one,
// each doubling as much again.
func spoken(words []string, text string) float64 {
	n := 0
	for _, w := range words {
		if strings.Contains(text, w) {
			n++
		}
	}
	return math.Log2(float64(1 + n))
}
