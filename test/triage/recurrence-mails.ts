/**
 * Invented mails of three mornings, in four languages: bursts in which several people tell of one outage in their own words,
 * and between them mails about other things that share words with those. `outage` names what they are about; what stands
 * alone has none. The first two mornings were looked at while the weights were chosen, the third was not: it was written after
 * them.
 */
export interface Reported {
  outage: string | null;
  subject: string;
  text: string;
}

const mail = (outage: string | null, subject: string, text: string): Reported => ({ outage, subject, text });

const FIRST: readonly Reported[] = [
  // VPN, in three languages.
  mail(
    'vpn',
    'VPN does not connect',
    'Hi, since this morning the VPN does not connect any more, it says error 789. I work from home. Thanks, Nora',
  ),
  mail(
    'vpn',
    'VPN Verbindung',
    'Guten Tag, ich komme seit heute früh nicht mehr ins VPN. Fehler 789. Viele Grüße, Max',
  ),
  mail('vpn', 'No VPN', 'Hello, is the VPN down? My connection fails every time with error 789.'),
  mail('vpn', 'VPN en panne', 'Bonjour, le VPN ne fonctionne plus depuis ce matin, erreur 789. Merci, Luc'),
  mail(
    'vpn',
    'VPN geht nicht',
    'Hallo, das VPN verbindet nicht, ich sitze im Homeoffice und kann nicht arbeiten.',
  ),
  mail('vpn', 'vpn again', 'Hello, VPN connection fails since this morning, colleagues have the same.'),
  // A printer, told without numbers.
  mail(
    'printer',
    'Printer PRT-0311 offline',
    'Hello, printer PRT-0311 on the third floor is offline, nothing comes out.',
  ),
  mail('printer', 'Drucker PRT-0311', 'Hallo, der Drucker PRT-0311 druckt nicht mehr, Anzeige offline.'),
  mail('printer', 'Cannot print', 'Hi, I cannot print on PRT-0311, the queue says offline. Ana'),
  mail(
    'printer',
    'Imprimante PRT-0311',
    "Bonjour, l'imprimante PRT-0311 est hors ligne, impossible d'imprimer.",
  ),
  // Outlook mail is late.
  mail(
    'mailflow',
    'Mails arrive late',
    'Good morning, mails from customers arrive in Outlook with an hour of delay today.',
  ),
  mail(
    'mailflow',
    'Outlook mails delayed',
    'Hi, all incoming mails in Outlook are delayed since eight, customers call me.',
  ),
  mail(
    'mailflow',
    'Verzögerte E-Mails',
    'Guten Morgen, eingehende E-Mails kommen heute in Outlook mit einer Stunde Verzögerung an.',
  ),
  mail(
    'mailflow',
    'E-Mails kommen verspätet',
    'Hallo, bei uns kommen die E-Mails von Kunden in Outlook stark verzögert an.',
  ),
  mail(
    'mailflow',
    'Correo con retraso',
    'Buenos días, los correos entrantes llegan a Outlook con una hora de retraso.',
  ),
  // SAP.
  mail('sap', 'SAP login', 'Hello, SAP shows "system locked by administrator" when I log in.'),
  mail('sap', 'SAP Anmeldung', 'Hallo, SAP meldet beim Anmelden „system locked by administrator“.'),
  mail(
    'sap',
    'SAP gesperrt',
    'Guten Tag, ich kann mich in SAP nicht anmelden: System locked by administrator.',
  ),
  mail('sap', 'SAP no deja entrar', 'Hola, SAP no me deja entrar, dice system locked by administrator.'),
  // Alone, and near to those.
  mail(null, 'VPN on my new phone', 'Hello, how do I set up the VPN on my new iPhone? No rush.'),
  mail(null, 'Printer PRT-0520 paper jam', 'Hi, PRT-0520 has a paper jam and I cannot get the paper out.'),
  mail(null, 'Drucker PRT-0117 Toner', 'Guten Tag, PRT-0117 braucht neuen Toner, die Ausdrucke sind blass.'),
  mail(
    null,
    'Outlook signature',
    'Hello, my signature in Outlook is gone after the update. How can I set it again?',
  ),
  mail(null, 'Outlook Kalender', 'Hallo, ich sehe den Kalender meiner Kollegin in Outlook nicht.'),
  mail(null, 'SAP role', 'Hello, I need the role for travel expenses in SAP, my manager agrees.'),
  mail(
    null,
    'Contraseña olvidada',
    'Hola, he olvidado mi contraseña después de las vacaciones. ¿Pueden restablecerla?',
  ),
  mail(null, 'Forgot my password', 'Hello, I forgot my password after my holidays. Please reset it.'),
  mail(null, 'Écran noir', "Bonjour, mon écran reste noir quand je branche la station d'accueil."),
  mail(null, 'Laptop battery', 'Hi, the battery of my laptop is empty after an hour. Can I have a new one?'),
  mail(null, 'Second monitor', 'Hello, could I have a second monitor for my desk?'),
  mail(null, 'WLAN im Besprechungsraum', 'Hallo, im Besprechungsraum ist das WLAN sehr langsam.'),
  mail(null, 'Excel hangs', 'Hello, Excel hangs when I open the budget file, since this morning.'),
];

const SECOND: readonly Reported[] = [
  // A file server.
  mail(
    'files',
    'Drive G: missing',
    'Good morning, drive G: is gone, Windows cannot reach \\\\srv-file01. What happened?',
  ),
  mail('files', 'Laufwerk G weg', 'Guten Morgen, mein Laufwerk G ist weg, srv-file01 ist nicht erreichbar.'),
  mail('files', 'srv-file01', 'Hello, nobody in accounting can open files, srv-file01 does not answer.'),
  mail(
    'files',
    'Lecteur réseau',
    "Bonjour, je n'ai plus accès au lecteur G, le serveur srv-file01 ne répond pas.",
  ),
  mail(
    'files',
    'Netzlaufwerk',
    'Hallo, das Netzlaufwerk G lässt sich nicht öffnen, Meldung: srv-file01 nicht gefunden.',
  ),
  // The intranet.
  mail('intranet', 'Intranet 503', 'Hi, the intranet shows HTTP 503 since nine.'),
  mail(
    'intranet',
    'Intranet nicht erreichbar',
    'Hallo, das Intranet zeigt nur HTTP 503 Service Unavailable.',
  ),
  mail('intranet', 'Intranet caída', 'Hola, la intranet da error HTTP 503 desde las nueve.'),
  mail(
    'intranet',
    'intranet down?',
    'Hello, is the intranet down? I only get Service Unavailable, HTTP 503.',
  ),
  // Calls in Teams.
  mail(
    'teams',
    'No sound in Teams calls',
    'Hello, since today nobody hears me in Teams calls, and I hear nobody.',
  ),
  mail('teams', 'Teams: kein Ton', 'Guten Tag, in Teams-Anrufen ist seit heute kein Ton, bei allen im Büro.'),
  mail(
    'teams',
    'Teams calls silent',
    'Hi, Teams calls are silent today, no sound on both sides, also for my colleagues.',
  ),
  mail(
    'teams',
    'Teams sans son',
    "Bonjour, les appels Teams sont sans son depuis aujourd'hui, mes collègues aussi.",
  ),
  mail('teams', 'Sound in Teams', 'Hello, no sound in any of my Teams calls since this morning.'),
  // An application that cannot be started.
  mail('citrix', 'Citrix error 0x80070005', 'Hello, Citrix does not start: access denied, 0x80070005.'),
  mail('citrix', 'Citrix startet nicht', 'Hallo, Citrix startet nicht, Fehler 0x80070005.'),
  mail('citrix', 'Citrix no arranca', 'Hola, Citrix no arranca, error 0x80070005.'),
  mail('citrix', 'Citrix', 'Hi, when I start Citrix I get access denied 0x80070005, please help.'),
  // Wireless on one floor, in words alone.
  mail(
    'wifi',
    'Wifi fourth floor',
    'Hello, there is no wifi on the fourth floor since the power cut this morning.',
  ),
  mail('wifi', 'No wifi', 'Hi, wifi is gone on the whole fourth floor since the power cut.'),
  mail(
    'wifi',
    'Wifi fourth floor gone',
    'Good morning, no wifi on the fourth floor, my laptop finds no network.',
  ),
  // Alone, and near to those.
  mail(null, 'Drive H: is full', 'Hello, my drive H: is full and I cannot save any files.'),
  mail(
    null,
    'Zugriff auf Laufwerk',
    'Guten Tag, ich brauche Zugriff auf das Laufwerk der Buchhaltung, srv-file02.',
  ),
  mail(null, 'Intranet article', 'Hello, please correct my phone number in the intranet.'),
  mail(null, 'Teams auf dem Handy', 'Hallo, wie installiere ich Teams auf meinem neuen Handy?'),
  mail(null, 'Teams channel', 'Hi, could you create a Teams channel for our project?'),
  mail(null, 'Citrix on the Mac', 'Hello, which Citrix version do I need on a Mac? No rush.'),
  mail(null, 'Outlook 0x8004010F', 'Hello, Outlook shows 0x8004010F when it sends and receives.'),
  mail(
    null,
    'Wifi for guests',
    'Hello, we have guests on Thursday, may they use the wifi on the second floor?',
  ),
  mail(null, 'Headset', 'Hallo, das Kabel meines Headsets ist gebrochen, ich brauche ein neues.'),
  mail(null, 'Souris cassée', 'Bonjour, ma souris est cassée, puis-je en avoir une nouvelle ?'),
  mail(null, 'Pantalla rota', 'Hola, la pantalla de mi portátil está rota, ¿qué hago?'),
];

export const DEVELOPMENT: readonly Reported[] = [...FIRST, ...SECOND];

export const HELD_OUT: readonly Reported[] = [
  // A web shop behind a host name.
  mail('shop', 'shop.example.com down', 'Hello, shop.example.com does not load, customers are calling.'),
  mail('shop', 'Shop offline', 'Hallo, shop.example.com lädt nicht mehr, wir bekommen Anrufe von Kunden.'),
  mail('shop', 'Boutique en ligne', 'Bonjour, shop.example.com ne répond plus depuis dix heures.'),
  mail('shop', 'Web shop', 'Hi, the web shop gives a timeout, I checked shop.example.com from my phone too.'),
  mail('shop', 'Tienda', 'Hola, la tienda shop.example.com no carga.'),
  // A database.
  mail('db', 'ERP error ORA-12541', 'Good morning, the ERP shows ORA-12541 when I open an order.'),
  mail('db', 'ERP Fehler', 'Guten Morgen, im ERP kommt ORA-12541, Aufträge lassen sich nicht öffnen.'),
  mail('db', 'ERP no funciona', 'Hola, el ERP da ORA-12541 al abrir un pedido.'),
  mail('db', 'Orders', 'Hello, I cannot open orders in the ERP since ten, colleagues cannot either.'),
  // Telephones, in words alone.
  mail('phones', 'Phones dead', 'Hello, all phones in the call center are dead, no dial tone.'),
  mail('phones', 'No dial tone', 'Hi, my phone has no dial tone, the whole call center is affected.'),
  mail(
    'phones',
    'Telephone',
    'Good morning, our phones in the call center do not ring, there is no dial tone.',
  ),
  mail('phones', 'Telefone tot', 'Hallo, im Callcenter sind alle Telefone tot, kein Freizeichen.'),
  mail(
    'phones',
    'Kein Freizeichen',
    'Guten Tag, mein Telefon hat kein Freizeichen, allen Kollegen im Callcenter geht es so.',
  ),
  // A single sign-on.
  mail('sso', 'SSO login loop', 'Hello, the SSO login page reloads again and again, AADSTS50058.'),
  mail('sso', 'SSO', 'Hallo, die SSO-Anmeldung dreht sich im Kreis, AADSTS50058.'),
  mail('sso', 'Connexion SSO', 'Bonjour, la page de connexion SSO recharge sans cesse.'),
  mail('sso', 'Cannot sign in', 'Hi, SSO login reloads again and again and I am never signed in.'),
  // Backup power in one building.
  mail('badge', 'Badge readers', 'Hello, the badge readers at the north gate do not open the door.'),
  mail('badge', 'North gate', 'Hi, my badge does not open the door at the north gate, the reader is red.'),
  mail(
    'badge',
    'Badge reader north gate',
    'Good morning, the badge reader at the north gate stays red, ten people wait at the door.',
  ),
  // Alone, and near to those.
  mail(null, 'Prices in the shop', 'Hello, could you tell me who may change prices in shop.example.com?'),
  mail(null, 'ERP training', 'Hello, when is the next ERP training for new colleagues?'),
  mail(null, 'ERP Rolle', 'Hallo, ich brauche im ERP die Rolle für Bestellungen.'),
  mail(null, 'ORA-01017 in reporting', 'Hello, my reporting tool says ORA-01017, invalid password.'),
  mail(null, 'New phone', 'Hi, my phone has a broken screen, can I get another one?'),
  mail(null, 'Telefonnummer', 'Guten Tag, bitte ändern Sie meine Telefonnummer im Verzeichnis.'),
  mail(null, 'SSO for a new tool', 'Hello, how can we connect our new survey tool to SSO?'),
  mail(null, 'Lost badge', 'Hello, I lost my badge yesterday evening, please block it.'),
  mail(
    null,
    'Badge pour stagiaire',
    'Bonjour, pourrais-je avoir un badge pour une stagiaire qui commence lundi ?',
  ),
  mail(null, 'Impresora', 'Hola, la impresora de la segunda planta no imprime en color.'),
  mail(null, 'Call center headset', 'Hi, one headset in the call center crackles.'),
];
